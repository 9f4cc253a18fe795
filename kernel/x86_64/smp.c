/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core starts in real mode (SDM 3A, 8.4.4) in a page of the first MiB, to which start.S's
 * smp_trampoline is copied; from there it takes the same way to long mode as the first core did, with
 * a stack and an entry of its own in boot_next.
 */
#include <stdbool.h>
#include <stddef.h>
#include "acpi.h"
#include "apic.h"
#include "boot.h"
#include "core.h"
#include "cpu.h"
#include "fpu.h"
#include "kmap.h"
#include "log.h"
#include "machine.h"
#include "smp.h"

#define TRAMPOLINE_PA 0x8000UL
/* Ticks of the TSC, at least 10 ms, 200 us, 1 s on any CPU there is (SDM 3A, 8.4.4.1). */
#define INIT_WAIT (1UL << 26)
#define STARTUP_WAIT (1UL << 21)
#define UP_WAIT (1UL << 33)

extern char smp_trampoline[], smp_trampoline_end[];
/* start.S: what the next core to reach long mode uses. */
extern struct {
	uint64_t stack;
	void (*entry)(void);
} boot_next;
noreturn void entry_resume(void);

static uint32_t smp_id[CORES_MAX];
static unsigned smp_count;
static struct percore *smp_next;

void smp_prepare(void)
{
	smp_count = acpi_cores(boot_params.rsdp, smp_id, CORES_MAX);
	__builtin_memcpy(pa_va(TRAMPOLINE_PA), smp_trampoline,
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

/* Until there are more cores than count; false: not in that time. */
static bool smp_wait(unsigned count, uint64_t ticks)
{
	uint64_t start = machine_tsc();

	while (core_count() == count && machine_tsc() - start < ticks)
		__asm__ volatile("pause");
	return core_count() != count;
}

static bool smp_start_core(uint32_t id)
{
	unsigned count = core_count();

	smp_next = cpu_alloc();
	boot_next.stack = cpu_stack(smp_next);
	boot_next.entry = start_core;
	apic_send_init(id);
	smp_wait(count, INIT_WAIT);
	apic_send_startup(id, TRAMPOLINE_PA);
	if (smp_wait(count, STARTUP_WAIT))
		return true;
	apic_send_startup(id, TRAMPOLINE_PA);
	return smp_wait(count, UP_WAIT);
}

void smp_start(void)
{
	for (unsigned i = 0; i < smp_count; i++) {
		if (smp_id[i] == apic_id() || core_count() == CORES_MAX)
			continue;
		if (!smp_start_core(smp_id[i])) {
			/* Should it start later, it must not find another's stack. */
			log_print("kernel: the core with APIC id %u does not start; those after it "
				  "are left out\n",
				  smp_id[i]);
			break;
		}
	}
}
