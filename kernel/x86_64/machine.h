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

/* All RAM is mapped here; the kernel itself at its link address in the last 2 GiB. */
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

/* Address spaces: of a level-4 table, which gets the kernel's half. */
void space_init(uint64_t *pgtbl);
/* It is free; tag: what mem_tag said of it. */
void space_fini(uint16_t tag);
/* What the CPU's page-table register holds for it, and the loading of that. */
uint64_t space_register(const uint64_t *pgtbl);
static inline void space_switch(uint64_t space)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(space) : "memory");
}
/* The highest level of page tables whose entries can map a page. */
unsigned machine_page_level(void);
/* Forget all translations of user addresses, in any address space. */
void tlb_flush(void);

/* The state that a thread has beside its general registers: FPU, bases of fs and gs. */
__attribute__((noinline)) void fpu_save(struct thd *thd);
__attribute__((noinline)) void fpu_load(struct thd *thd);
void fpu_off(void);
static inline void thd_state_switch(struct thd *old, struct thd *thd)
{
	/* User level's gs is the one that SWAPGS put aside. */
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

/* Flags that user level may have: the status flags, DF, TF, AC, ID (SDM 1, 3.4.3). */
#define USER_FLAGS_MASK 0x240dd5UL
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

/* Have core_timer called once, at that time or before. */
void timer_arm(uint64_t tsc);
/* Vectors for devices. */
#define IRQ_VECTOR_FIRST 0x30
#define IRQ_VECTOR_LAST 0xef
uint32_t apic_id(void);
/* Interrupt the core with that APIC id (core_poke). */
void machine_interrupt(uint32_t id);
/* Halt until an interrupt, which is handled. */
void machine_idle(void);
/* COS_HW_CORE_INIT: memory for the core begins at pa. */
int machine_core_init(uint64_t id, uint64_t pa);
/* Let the core start that was initialised last, if it has not. */
void machine_core_startup(void);

noreturn void machine_halt(unsigned status);
/* The machine is about to end: stop the other cores. Comes back once; within a panic it ends it. */
void machine_panic(void);
/* Who called the function with that frame, its caller, and so on. */
void machine_backtrace(const uint64_t *frame);

/* One past the highest physical address. */
uint64_t machine_paddr_end(void);
/* No page of it is RAM or the kernel's own device. */
bool machine_is_device(uint64_t pa, uint64_t npages);

void serial_init(void);
/* Waits, for a bounded time, where there is no room. The end of a line is two characters. */
void serial_put(char c);
unsigned serial_room(void);
void port_out(uint16_t port, unsigned bytes, uint32_t value);
uint32_t port_in(uint16_t port, unsigned bytes);

#endif
