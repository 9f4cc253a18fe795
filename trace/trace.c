/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tracing kernel, for `r2c run --trace`: the usual kernel's objects, linked with --wrap so that
 * each way into C passes here, and entry.S with TRACE on the invocation path. Every change of the
 * running thread or of its topmost invocation becomes an event; in C it is seen by comparing before
 * and after.
 *
 * The rings are memory of the kernel, taken while booting. Each is written by one core, with
 * interrupts off, so there is nothing to lock; trace.h says how a reader recognises a whole event.
 */
#include <stdatomic.h>
#include <stddef.h>
#include "boot.h"
#include "core.h"
#include "cpu.h"
#include "machine.h"
#include "trace/entries.h"
#include "trace.h"

#define MEMORY_PART 8 /* an eighth of RAM is for rings; r2c gives the machine as much more */
#define MEMORY_MAX (256UL << 20) /* 8 million events: bounds the trace of a large machine */
#define VECTOR_EXCEPTIONS 32

struct state {
	const struct thd *thd;
	const struct invocation *top;
};

void __real_boot_mem_init(void);
void __wrap_boot_mem_init(void);
void trace_path(uint64_t ip);

/* How many cores there will be is the symbol's address (tools/r2c/bake/image.c). */
extern char trace_cores[] __attribute__((weak));

struct trace_head trace_head;
static struct trace_ring *_Atomic rings[CORES_MAX];

static void trace_put(uint32_t kind, uint64_t word)
{
	const struct cpu *c = cpu();
	struct trace_ring *ring = rings[c->core];
	struct trace_event *e;

	if (!ring)
		return;
	e = &ring->event[ring->written & (trace_head.capacity - 1)];
	e->seq = 0;
	atomic_signal_fence(memory_order_seq_cst);
	e->tsc = machine_tsc();
	e->word = word;
	e->thread = c->top ? (uint32_t)c->tid : 0;
	e->comp = c->top ? (uint32_t)c->top->comp->id : 0;
	e->kind = kind;
	atomic_signal_fence(memory_order_seq_cst);
	e->seq = (uint32_t)++ring->written;
}

void trace_path(uint64_t ip)
{
	const struct cpu *c = cpu();
	uint64_t depth = (uint64_t)c->thd + THD_STACK_SIZE - (uint64_t)c->top;

	trace_put(TRACE_STATE, TRACE_WORD(depth / sizeof(struct invocation), c->top->kind, ip));
}

static struct state state_now(void)
{
	return (struct state){cpu()->thd, cpu()->top};
}

static void trace_change(struct state before)
{
	const struct thd *thd = cpu()->thd;

	if (thd != before.thd || cpu()->top != before.top)
		trace_path(thd->reg[COS_REG_IP]);
}

void __wrap_trap_syscall(void)
{
	struct state before = state_now();

	__real_trap_syscall();
	trace_change(before);
}

void __wrap_trap_operation(struct cap *cap)
{
	struct state before = state_now();

	__real_trap_operation(cap);
	trace_change(before);
}

void __wrap_trap_user(uint64_t vector, uint64_t error)
{
	struct state before = state_now();
	uint64_t address = 0;

	if (vector == COS_FAULT_PAGE)
		__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	if (vector < VECTOR_EXCEPTIONS)
		trace_put(TRACE_FAULT | (uint32_t)vector << TRACE_VECTOR, address);
	else
		trace_put(TRACE_INTERRUPT, vector);
	__real_trap_user(vector, error);
	trace_change(before);
}

void __wrap_trap_kernel(const struct trap_regs *regs)
{
	if (regs->vector >= VECTOR_EXCEPTIONS)
		trace_put(TRACE_INTERRUPT, regs->vector);
	__real_trap_kernel(regs);
}

void __wrap_machine_idle(void)
{
	trace_put(TRACE_IDLE, 0);
	__real_machine_idle();
	trace_put(TRACE_AWAKE, 0);
}

/* While boot_alloc still gives memory out. The other cores come later, as many as r2c has said. */
void __wrap_boot_mem_init(void)
{
	uint64_t bytes = 0, each, capacity = 1, ncores = (uint64_t)trace_cores;

	for (unsigned i = 0; i < boot_params.nram; i++)
		bytes += boot_params.ram[i].len_bytes;
	bytes = bytes / MEMORY_PART < MEMORY_MAX ? bytes / MEMORY_PART : MEMORY_MAX;
	each = bytes / ncores - sizeof(struct trace_ring);
	while (2 * capacity * sizeof(struct trace_event) <= each)
		capacity *= 2;
	each = sizeof(struct trace_ring) + capacity * sizeof(struct trace_event);
	each = (each + COS_PAGE_SIZE - 1) & -(uint64_t)COS_PAGE_SIZE;
	trace_head = (struct trace_head){TRACE_MAGIC, ncores,
					 capacity,    boot_alloc(ncores * each / COS_PAGE_SIZE),
					 each,	      boot_params.info.tsc_boot};
	for (unsigned i = 0; i < ncores && i < CORES_MAX; i++)
		rings[i] = pa_va(trace_head.rings_paddr + i * each);
	__real_boot_mem_init();
}
