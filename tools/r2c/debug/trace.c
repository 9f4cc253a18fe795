/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace of a run, after it: the rings are found in the machine's memory by the kernel's symbol
 * trace_head, the names of components and functions in the image that ran.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <cos/abi.h>
#include <cos/layout.h>
#include "bake/image.h"
#include "file.h"
#include "memory.h"
#include "report.h"
#include "trace.h"

#define KERNEL_BASE 0xffffffff80000000ull /* kernel/x86_64/machine.h */

struct names {
	const struct sys *sys;
	const struct payload *payload;
};

static const char *component_name(void *context, uint32_t id)
{
	const struct names *n = context;

	for (size_t i = 0; i < n->sys->ncomponents; i++)
		if (n->sys->component[i].id == id)
			return n->sys->component[i].name;
	return NULL;
}

static const char *function_name(void *context, uint32_t id, uint64_t ip)
{
	const struct names *n = context;

	for (uint32_t i = 0; i < n->payload->header->invocations.count; i++) {
		const struct image_invocation *v = &n->payload->invocations[i];

		if (v->entry == ip && n->payload->components[v->server].id == id)
			return payload_string(n->payload, v->function);
	}
	return NULL;
}

/* The TSC's frequency, from the page struct cos_bootinfo, which is known by its first words. */
static uint64_t tsc_hz_find(const struct memory *memory, uint64_t tsc_boot)
{
	for (uint64_t at = 0; at + COS_PAGE_SIZE <= memory->len_bytes; at += COS_PAGE_SIZE) {
		const struct cos_bootinfo *info = (const void *)(memory->data + at);

		if (info->magic == COS_BOOTINFO_MAGIC && info->tsc_boot == tsc_boot && info->tsc_hz)
			return info->tsc_hz;
	}
	return 0;
}

/* NULL, or what is wrong. */
static const char *source_read(struct trace_source *source, struct pool *pool,
			       const struct memory *memory, uint64_t head_paddr)
{
	const struct trace_head *head = memory_at(memory, head_paddr, sizeof(*head));
	struct trace_core *core;

	if (!head || head->magic != TRACE_MAGIC)
		return "the kernel had not begun to trace";
	core = pool_alloc(pool, head->ncores * sizeof(*core));
	for (uint64_t i = 0; i < head->ncores; i++) {
		const struct trace_ring *ring = memory_at(
			memory, head->rings_paddr + i * head->ring_bytes, head->ring_bytes);

		if (!ring ||
		    sizeof(*ring) + head->capacity * sizeof(ring->event[0]) > head->ring_bytes)
			return "its rings are not in memory";
		core[i] = (struct trace_core){ring->event, head->capacity, ring->written};
	}
	source->core = core;
	source->ncores = head->ncores;
	source->tsc_boot = head->tsc_boot;
	source->tsc_hz = tsc_hz_find(memory, head->tsc_boot);
	return NULL;
}

bool trace_check(const char *path)
{
	FILE *out = fopen(path, "we");

	if (out && file_finish(out))
		return true;
	report_at(path, 0, "cannot write the trace: %s", strerror(errno));
	return false;
}

static bool file_put(const char *path, const struct trace_source *source)
{
	FILE *out = fopen(path, "we");
	uint64_t lost, events = 0;

	if (!out) {
		report_at(path, 0, "cannot write the trace: %s", strerror(errno));
		return false;
	}
	lost = trace_json(out, source);
	if (!file_finish(out)) {
		report_at(path, 0, "cannot write the trace: %s", strerror(errno));
		return false;
	}
	for (size_t i = 0; i < source->ncores; i++)
		events += source->core[i].written;
	if (lost)
		report("trace: of %" PRIu64 " events the first %" PRIu64
		       " are lost; more --mem keeps more of them",
		       events, lost);
	return true;
}

bool trace_write(const char *path, struct sys *sys, const char *kernel, const char *memory_path,
		 uint64_t memory_bytes)
{
	struct pool pool = {0};
	struct buffer contents = {0};
	struct payload payload;
	struct object image;
	struct memory memory;
	struct names names = {sys, &payload};
	struct trace_source source = {
		.component = component_name, .function = function_name, .context = &names};
	const struct symbol *head = NULL;
	const char *wrong = NULL;
	bool ok = image_read(&payload, &contents, kernel) &&
		  object_read(&image, &pool, kernel, false);

	if (ok && !(head = object_symbol(&image, "trace_head")))
		wrong = "the kernel does not trace";
	else if (ok && !memory_open(&memory, memory_path, memory_bytes))
		wrong = strerror(errno);
	if (ok && !wrong) {
		wrong = source_read(&source, &pool, &memory, head->value - KERNEL_BASE);
		ok = !wrong && file_put(path, &source);
		memory_close(&memory);
	}
	if (wrong)
		report_at(path, 0, "no trace: %s", wrong);
	buffer_free(&contents);
	pool_free(&pool);
	return ok && !wrong;
}
