/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of events to JSON in the format of Chrome and Perfetto ("Trace Event Format"). The rings of
 * all cores are merged by time. A thread's slices follow its invocation stack:
 *
 * T1  The slices of a track are nested: `level` has the open ones, their depths strictly rise, and
 *     each 'B' that is written gets its 'E', at the end at the latest.
 * T2  Times on a thread's track never go back, though cores' clocks may differ a little (last_us).
 * T3  An event counts only if its sequence number is the one of its place: all others were written
 *     over, or only in part, and are counted as lost.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <cos/abi.h>
#include <cos/layout.h>
#include "pool.h"
#include "trace.h"

#define PID_THREADS 1
#define PID_CORES 2
#define NO_THREAD UINT32_MAX
#define STACK_MAX 64 /* more than a thread's page has room for invocations */
/* kernel/x86_64/apic.h */
#define VECTOR_TIMER 0xf0
#define VECTOR_POKE 0xf1
#define VECTOR_PAGE_FAULT 14

struct level {
	uint32_t comp;
	unsigned depth;
};

struct thread {
	bool seen;
	double last_us;
	struct level level[STACK_MAX];
	size_t nlevels;
};

struct core_state {
	uint64_t at;	  /* the next event */
	uint32_t running; /* the thread with an open slice, or NO_THREAD */
	bool idle;	  /* that is open instead */
};

struct writer {
	FILE *out;
	const struct trace_source *source;
	struct pool pool;
	struct thread **thread; /* by id */
	size_t nthreads;
	struct core_state *core;
	uint64_t lost;
	double now_us;
	bool comma;
};

/* The beginning of an event; what follows in it begins with a comma. */
static void event_begin(struct writer *w, char phase, int pid, uint32_t tid, double us)
{
	fprintf(w->out, "%s{\"ph\":\"%c\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":%.3f",
		w->comma ? ",\n" : "", phase, pid, tid, us);
	w->comma = true;
}

static void name_put(struct writer *w, const char *name)
{
	fputs(",\"name\":\"", w->out);
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			fputc('\\', w->out);
		fputc(*name, w->out);
	}
	fputc('"', w->out);
}

static void meta_put(struct writer *w, const char *what, int pid, uint32_t tid, const char *name)
{
	event_begin(w, 'M', pid, tid, 0);
	name_put(w, what);
	fputs(",\"args\":{\"name\":\"", w->out);
	fprintf(w->out, "%s\"}}", name);
}

static const char *component_name(struct writer *w, uint32_t id)
{
	const char *name = w->source->component(w->source->context, id);

	return name ? name : pool_printf(&w->pool, "program %" PRIu32, id);
}

static struct thread *thread_of(struct writer *w, uint32_t id)
{
	while (id >= w->nthreads)
		pool_push(&w->pool, w->thread, w->nthreads) = NULL;
	if (!w->thread[id])
		w->thread[id] = pool_alloc(&w->pool, sizeof(struct thread));
	struct thread *t = w->thread[id];
	/* T2: a thread changes cores. */
	if (w->now_us > t->last_us)
		t->last_us = w->now_us;
	return t;
}

static void thread_name(struct writer *w, struct thread *t, uint32_t id, uint32_t comp)
{
	if (!t->seen)
		meta_put(w, "thread_name", PID_THREADS, id,
			 pool_printf(&w->pool, "thread %" PRIu32 " (%s)", id,
				     component_name(w, comp)));
	t->seen = true;
}

static void level_pop(struct writer *w, struct thread *t, uint32_t id)
{
	event_begin(w, 'E', PID_THREADS, id, t->last_us);
	fputc('}', w->out);
	t->nlevels--;
}

static void level_push(struct writer *w, struct thread *t, const struct trace_event *e,
		       unsigned depth)
{
	static const char *const how[] = {"start", "sinv", "gate", "fault"};
	const struct trace_source *s = w->source;
	uint64_t ip = e->word >> 16;
	unsigned kind = e->word >> 8 & 0xff;
	const char *function = s->function(s->context, e->comp, ip);

	event_begin(w, 'B', PID_THREADS, e->thread, t->last_us);
	name_put(w, component_name(w, e->comp));
	fprintf(w->out,
		",\"cat\":\"%s\",\"args\":{\"component\":%" PRIu32 ",\"ip\":\"0x%" PRIx64 "\"",
		kind < sizeof(how) / sizeof(how[0]) ? how[kind] : "?", e->comp, ip);
	if (function)
		fprintf(w->out, ",\"function\":\"%s\"", function);
	fputs("}}", w->out);
	t->level[t->nlevels++] = (struct level){e->comp, depth};
}

/* T1: the thread is at this depth now: leave what is deeper, enter what is not open yet. */
static void thread_state(struct writer *w, const struct trace_event *e)
{
	struct thread *t = thread_of(w, e->thread);
	unsigned depth = e->word & 0xff;

	thread_name(w, t, e->thread, e->comp);
	while (t->nlevels) {
		const struct level *top = &t->level[t->nlevels - 1];

		if (top->depth < depth)
			break;
		if (top->depth == depth && top->comp == e->comp)
			return;
		level_pop(w, t, e->thread);
	}
	if (t->nlevels < STACK_MAX)
		level_push(w, t, e, depth);
}

static void core_close(struct writer *w, uint32_t core)
{
	struct core_state *c = &w->core[core];

	if (c->running != NO_THREAD || c->idle) {
		event_begin(w, 'E', PID_CORES, core, w->now_us);
		fputc('}', w->out);
	}
	c->running = NO_THREAD;
	c->idle = false;
}

static void core_open(struct writer *w, uint32_t core, uint32_t thread)
{
	struct core_state *c = &w->core[core];

	if (c->running == thread && !c->idle)
		return;
	core_close(w, core);
	event_begin(w, 'B', PID_CORES, core, w->now_us);
	name_put(w, pool_printf(&w->pool, "thread %" PRIu32, thread));
	fputs(",\"cat\":\"switch\"}", w->out);
	c->running = thread;
}

static void core_idle(struct writer *w, uint32_t core)
{
	core_close(w, core);
	event_begin(w, 'B', PID_CORES, core, w->now_us);
	name_put(w, "idle");
	fputs(",\"cat\":\"idle\"}", w->out);
	w->core[core].idle = true;
}

static void interrupt_put(struct writer *w, uint32_t core, uint64_t vector)
{
	event_begin(w, 'i', PID_CORES, core, w->now_us);
	name_put(w, vector == VECTOR_TIMER  ? "timer"
		    : vector == VECTOR_POKE ? "poke"
					    : pool_printf(&w->pool, "interrupt %" PRIu64, vector));
	fprintf(w->out, ",\"s\":\"t\",\"cat\":\"interrupt\",\"args\":{\"vector\":%" PRIu64 "}}",
		vector);
}

static void fault_put(struct writer *w, const struct trace_event *e)
{
	struct thread *t = thread_of(w, e->thread);
	unsigned vector = e->kind >> TRACE_VECTOR;

	event_begin(w, 'i', PID_THREADS, e->thread, t->last_us);
	name_put(w, vector == VECTOR_PAGE_FAULT ? "page fault"
						: pool_printf(&w->pool, "exception %u", vector));
	fprintf(w->out,
		",\"s\":\"t\",\"cat\":\"fault\",\"args\":{\"address\":\"0x%" PRIx64
		"\",\"in\":\"%s\"}}",
		e->word, component_name(w, e->comp));
}

static void event_put(struct writer *w, uint32_t core, const struct trace_event *e)
{
	uint64_t ticks = e->tsc - w->source->tsc_boot;

	w->now_us = w->source->tsc_hz ? (double)ticks * 1e6 / (double)w->source->tsc_hz
				      : (double)ticks / 1e3;
	switch (e->kind & ((1 << TRACE_VECTOR) - 1)) {
	case TRACE_STATE:
		core_open(w, core, e->thread);
		thread_state(w, e);
		break;
	case TRACE_INTERRUPT:
		interrupt_put(w, core, e->word);
		break;
	case TRACE_FAULT:
		fault_put(w, e);
		break;
	case TRACE_IDLE:
		core_idle(w, core);
		break;
	case TRACE_AWAKE:
		core_close(w, core);
		/* The thread that was interrupted goes on. */
		if (e->thread)
			core_open(w, core, e->thread);
		break;
	default:
		w->lost++;
	}
}

/* T3: the next event of a core that is whole; NULL: there is none left. */
static const struct trace_event *core_next(struct writer *w, size_t core)
{
	const struct trace_core *ring = &w->source->core[core];
	struct core_state *c = &w->core[core];

	for (; c->at < ring->written; c->at++) {
		const struct trace_event *e = &ring->event[c->at & (ring->capacity - 1)];

		if (e->seq == (uint32_t)(c->at + 1) && e->thread < COS_THD_MAX)
			return e;
		w->lost++;
	}
	return NULL;
}

/* The earliest of all cores. */
static const struct trace_event *event_next(struct writer *w, uint32_t *core)
{
	const struct trace_event *first = NULL;

	for (size_t i = 0; i < w->source->ncores; i++) {
		const struct trace_event *e = core_next(w, i);

		if (e && (!first || e->tsc < first->tsc)) {
			first = e;
			*core = (uint32_t)i;
		}
	}
	if (first)
		w->core[*core].at++;
	return first;
}

static void cores_begin(struct writer *w)
{
	const struct trace_source *s = w->source;

	w->core = pool_alloc(&w->pool, s->ncores * sizeof(*w->core));
	meta_put(w, "process_name", PID_THREADS, 0, "threads");
	meta_put(w, "process_name", PID_CORES, 0, "cores");
	for (size_t i = 0; i < s->ncores; i++) {
		const struct trace_core *ring = &s->core[i];

		w->core[i].running = NO_THREAD;
		if (ring->written > ring->capacity)
			w->core[i].at = ring->written - ring->capacity;
		w->lost += w->core[i].at;
		meta_put(w, "thread_name", PID_CORES, (uint32_t)i,
			 pool_printf(&w->pool, "core %zu", i));
	}
}

uint64_t trace_json(FILE *out, const struct trace_source *source)
{
	struct writer w = {.out = out, .source = source};
	const struct trace_event *e;
	uint32_t core = 0;

	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", out);
	cores_begin(&w);
	while ((e = event_next(&w, &core)))
		event_put(&w, core, e);
	for (size_t i = 0; i < source->ncores; i++)
		core_close(&w, (uint32_t)i);
	for (size_t i = 0; i < w.nthreads; i++)
		while (w.thread[i] && w.thread[i]->nlevels)
			level_pop(&w, thread_of(&w, (uint32_t)i), (uint32_t)i);
	fprintf(out, "\n],\"otherData\":{\"lost\":\"%" PRIu64 "\",\"tsc_hz\":\"%" PRIu64 "\"}}\n",
		w.lost, source->tsc_hz);
	pool_free(&w.pool);
	return w.lost;
}
