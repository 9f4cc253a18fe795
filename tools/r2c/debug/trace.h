/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events that a tracing kernel left in memory (trace/trace.h), in the trace format of Chrome
 * and Perfetto. Process 1 has a track for each thread, with nested slices for the components that
 * the thread is in. Process 2 has a track for each core, with its threads and interrupts.
 */
#ifndef R2C_DEBUG_TRACE_H
#define R2C_DEBUG_TRACE_H

#include <stdio.h>
#include "../../../trace/trace.h"
#include "compose/system.h"

struct trace_core {
	const struct trace_event *event; /* the ring */
	uint64_t capacity;		 /* a power of two */
	uint64_t written;
};

struct trace_source {
	const struct trace_core *core;
	size_t ncores;
	uint64_t tsc_boot;
	uint64_t tsc_hz; /* 0: unknown, a tick is a nanosecond then */
	/* Of a component, and of what it is entered at; NULL: unknown. */
	const char *(*component)(void *context, uint32_t id);
	const char *(*function)(void *context, uint32_t id, uint64_t ip);
	void *context;
};

/* -> how many events were written over, or are not whole. */
uint64_t trace_json(FILE *out, const struct trace_source *source);

/* Before the run: can FILE be written? It is empty then. False: reported. */
bool trace_check(const char *path);
/* Write FILE from the machine's memory, after it has ended. False: reported. */
bool trace_write(const char *path, struct sys *sys, const char *kernel, const char *memory,
		 uint64_t memory_bytes);

#endif
