/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a tracing kernel leaves in the machine's memory: a ring of events for each core, in which
 * new events overwrite the oldest. r2c finds trace_head by its symbol in the image, and reads the
 * rings when the machine has ended.
 *
 * A slot holds a whole event if its seq is the low half of 1 + the event's number: seq is cleared
 * before the rest is written, and set afterwards.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <stdint.h>

#define TRACE_MAGIC 0x3165636172545343UL

enum trace_kind {
	TRACE_STATE = 1,     /* the thread runs in the component now; word: TRACE_WORD */
	TRACE_INTERRUPT = 2, /* word: vector */
	TRACE_FAULT = 3, /* word: address of a page fault; the vector is in kind >> TRACE_VECTOR */
	TRACE_IDLE = 4,	 /* the core halts until TRACE_AWAKE */
	TRACE_AWAKE = 5,
};

#define TRACE_VECTOR 8 /* bits */
/*
 * Depth of the invocation stack, in invocations; how the component was entered (COS_INV_*); where
 * the thread goes on.
 */
#define TRACE_WORD(depth, kind, ip) \
	((uint64_t)(depth) | (uint64_t)(kind) << 8 | (uint64_t)(ip) << 16)

struct trace_event {
	uint64_t tsc;
	uint64_t word;
	uint32_t thread;
	uint32_t comp;
	uint32_t kind;
	uint32_t seq;
};

struct trace_ring {
	uint64_t written; /* events ever */
	uint64_t reserved[511];
	struct trace_event event[];
};

struct trace_head {
	uint64_t magic;
	uint64_t ncores;
	uint64_t capacity; /* of a ring, a power of two */
	uint64_t rings_paddr;
	uint64_t ring_bytes; /* from one to the next */
	uint64_t tsc_boot;
};

#endif
