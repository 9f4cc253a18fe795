/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the machine-independent kernel asks of the machine. Tests on a host have a machine.h of
 * their own (tests/kernel/host).
 */
#ifndef X86_64_MACHINE_H
#define X86_64_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include "thd.h"

struct cpu;

/* Where all RAM is mapped; and the kernel itself, at its link address in the last 2 GiB. */
#define DIRECT_BASE 0xffff800000000000UL
#define KERNEL_BASE 0xffffffff80000000UL

static inline void *pa_va(uint64_t pa)
{
	return (void *)(pa + DIRECT_BASE);
}

static inline uint64_t va_pa(const void *va)
{
	return (uint64_t)va - DIRECT_BASE;
}

static inline void page_zero(void *page)
{
	uint64_t count = 4096 / 8;

	__asm__ volatile("rep stosq" : "+D"(page), "+c"(count) : "a"(0) : "memory");
}

static inline struct cpu *cpu(void)
{
	struct cpu *c;

	__asm__ volatile("rdgsbase %0" : "=r"(c));
	return c;
}

/* A new level-4 table gets the kernel's half, and a PCID as its tag (mem_tag). */
void space_init(uint64_t *pgtbl);
/* A level-4 table with that tag is free. */
void space_fini(uint16_t tag);
/* What the CPU's page-table register holds for a level-4 table; load it. */
uint64_t space_register(const uint64_t *pgtbl);
static inline void space_switch(uint64_t space)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(space) : "memory");
}
/* The highest level of page tables with entries that map super-pages: 2 or 3. */
unsigned machine_page_level(void);
/* Drop all translations of user addresses on this core, of all address spaces. */
void tlb_flush(void);

/* A thread's state beside its general registers: FPU, bases of fs and gs. */
__attribute__((noinline)) void fpu_save(struct thd *thd);
__attribute__((noinline)) void fpu_load(struct thd *thd);
void fpu_off(void);
static inline void thd_state_switch(struct thd *old, struct thd *thd)
{
	/* User level's gs is the one that SWAPGS has put aside. */
	__asm__ volatile("rdfsbase %0\n\t"
			 "swapgs\n\t"
			 "rdgsbase %1\n\t"
			 "wrgsbase %3\n\t"
			 "swapgs\n\t"
			 "wrfsbase %2"
			 : "=&r"(old->fs_base), "=&r"(old->gs_base)
			 : "r"(thd->fs_base), "r"(thd->gs_base));
	if (old->fpu_used)
		fpu_save(old);
	if (thd->fpu_used)
		fpu_load(thd);
	else if (old->fpu_used)
		fpu_off();
}

static inline uint64_t user_flags(uint64_t flags)
{
	return (flags & USER_FLAGS_MASK) | USER_FLAGS;
}

#define FAULT_PROTECTION 13 /* SDM 3A, table 6-1 */

static inline uint64_t machine_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* Have core_timer called once, at that time or earlier. */
void timer_arm(uint64_t tsc);
/*
 * Vectors for devices: above those of exceptions and the legacy PIC, below the APIC's own (apic.h).
 * IRQ_VECTOR_FIRST begins a priority class.
 */
#define IRQ_VECTOR_FIRST 0x30
#define IRQ_VECTOR_LAST 0xef
uint32_t apic_id(void);
/* Interrupt the core with that APIC id (core_poke). */
void machine_interrupt(uint32_t id);
/* Halt until an interrupt, which is handled. */
void machine_idle(void);
/* COS_HW_CORE_INIT: memory for the core begins at pa. */
int machine_core_init(uint64_t id, uint64_t pa);
/* Start the core that was initialised last, if it has not started. */
void machine_core_startup(void);

noreturn void machine_halt(unsigned status);
/* A panic begins: stop the other cores. Returns once; a panic within the panic ends the machine. */
void machine_panic(void);
/* Print the callers of the function with that stack frame. */
void machine_backtrace(const uint64_t *frame);

/* One past the highest physical address. */
uint64_t machine_paddr_end(void);
/* Is none of these pages RAM or the local APIC? */
bool machine_is_device(uint64_t pa, uint64_t npages);

void serial_init(void);
/* Waits for room, for a bounded time. A newline is two characters on the line. */
void serial_put(char c);
/* For how many characters there is room; less than 2 only when the line is busy. */
unsigned serial_room(void);
void port_out(uint16_t port, unsigned bytes, uint32_t value);
uint32_t port_in(uint16_t port, unsigned bytes);

#endif
