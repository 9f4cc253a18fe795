/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine of the kernel's unit tests: physical memory is an array. */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include <stdint.h>
#include <string.h>
#include "select.h"

struct cpu;
struct thd;

#define TEST_PAGES 1536

extern uint8_t test_memory[TEST_PAGES * 4096];
extern unsigned test_flushes;

static inline void *pa_va(uint64_t pa)
{
	return test_memory + pa;
}

static inline uint64_t va_pa(const void *va)
{
	return (uint64_t)((const uint8_t *)va - test_memory);
}

static inline void page_zero(void *page)
{
	memset(page, 0, 4096);
}

static inline void space_init(uint64_t *pgtbl)
{
	for (unsigned i = 256; i < 512; i++)
		pgtbl[i] = 0x1003;
}

static inline void space_fini(uint16_t tag)
{
	(void)tag;
}

/* The core that a test is on. */
extern struct cpu *test_cpu;
static inline struct cpu *cpu(void)
{
	return test_cpu;
}

static inline uint64_t space_register(const uint64_t *pgtbl)
{
	return va_pa(pgtbl);
}

static inline void space_switch(uint64_t space)
{
	(void)space;
}

static inline void thd_state_switch(struct thd *old, struct thd *thd)
{
	(void)old;
	(void)thd;
}

#define FAULT_PROTECTION 13

static inline unsigned machine_page_level(void)
{
	return 3;
}

static inline void tlb_flush(void)
{
	test_flushes++;
}

#endif
