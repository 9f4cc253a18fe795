/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting further cores. A core starts in real mode (SDM 3A, 8.4.4), in a page of the first MiB to
 * which start.S's smp_trampoline is copied. From there it takes the same way to long mode as the
 * first core did, with a stack and an entry of its own in boot_next.
 *
 * STATES: smp_wanted is the number of cores that run, or one more while a core is on its way.
 *
 * TRANSITIONS
 *	none on its way -> reset	[machine_core_init]: claims its pages, fills boot_next,
 *					sends INIT
 *	reset -> started		[machine_core_startup] sends STARTUP, repeatedly if need be
 *	started -> runs			[start_core], by core_add, which makes core_count equal
 *					smp_wanted
 *
 * INVARIANTS
 *	S1	At most one core is on its way, however late it comes: it must not find another
 *		core's stack in boot_next.
 *	S2	A core is added (core_add) only when its own tables, registers and struct cpu are
 *		set up: from then on other cores look at it.
 *	S3	A core's pages stay claimed for ever.
 *
 * tests/kernel/boot/cores.c starts all cores, and tests that a refused reset changes nothing.
 */
#include <stdatomic.h>
#include <stddef.h>
#include "apic.h"
#include "boot.h"
#include "core.h"
#include "cpu.h"
#include "machine.h"
#include "mem.h"

#define STACK_END (1UL << 32) /* start.S's tables map so much, and its stack is used with them */

extern char smp_trampoline[], smp_trampoline_end[];
/* start.S: what the next core to reach long mode uses. */
extern struct {
	uint64_t stack;
	void (*entry)(void);
} boot_next;

static _Atomic unsigned smp_wanted = 1; /* S1 */
static uint32_t smp_id;
static struct percore *smp_next;

void smp_prepare(void)
{
	__builtin_memcpy(pa_va(boot_params.low_page), smp_trampoline,
			 (size_t)(smp_trampoline_end - smp_trampoline));
}

static void start_core(void)
{
	kmap_init_core();
	cpu_init_core(smp_next);
	fpu_init();
	apic_init_core();
	core_add(cpu());
	core_first();
	entry_resume();
}

/* Claim all COS_CORE_PAGES, or none. */
static int smp_claim(uint64_t pa)
{
	int err = 0;
	unsigned n;

	for (n = 0; n < COS_CORE_PAGES && !err; n++)
		err = mem_claim(pa + n * COS_PAGE_SIZE, KIND_NONE);
	while (err && --n)
		(void)mem_free(pa_va(pa + (n - 1) * COS_PAGE_SIZE));
	return err;
}

int machine_core_init(uint64_t id, uint64_t pa)
{
	unsigned count = core_count();
	int err;

	if (!apic_id_valid(id) || pa >= STACK_END - COS_CORE_PAGES * COS_PAGE_SIZE)
		return -COS_EINVAL;
	if (!boot_params.low_page)
		return -COS_ENODEV;
	for (unsigned i = 0; i < count; i++)
		if (core_cpu(i)->machine_id == id)
			return -COS_EEXIST;
	if (count == CORES_MAX)
		return -COS_ENOMEM;
	if (!atomic_compare_exchange_strong(&smp_wanted, &count, count + 1))
		return -COS_EBUSY;
	err = smp_claim(pa);
	if (err) {
		smp_wanted = count;
		return err;
	}
	smp_id = (uint32_t)id;
	smp_next = pa_va(pa);
	boot_next.stack = cpu_stack(smp_next);
	boot_next.entry = start_core;
	apic_send(smp_id, APIC_INIT);
	return 0;
}

void machine_core_startup(void)
{
	if (core_count() < smp_wanted)
		apic_send(smp_id, APIC_STARTUP | boot_params.low_page / COS_PAGE_SIZE);
}
