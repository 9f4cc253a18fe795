/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As much of the kernel as mem uses, on the host: capabilities, pages with types and references,
 * page tables. Its rules are those of cos/abi.h, so an error of mem fails here as it would there.
 */
#ifndef TESTS_FAKE_KERNEL_H
#define TESTS_FAKE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/abi.h>

#define FAKE_PAGES 16384
#define FAKE_PADDR 0x100000ULL
#define FAKE_SUPER 512	/* pages of a super-page */
#define FAKE_UNTYPED 20 /* capability of all of the memory */

/* A capability table with mem's own capabilities in it, and npages of memory. */
void fake_init(void);
/* Objects that boot would have made, as capabilities of mem. */
uint32_t fake_captbl(void);
uint32_t fake_pgtbl(unsigned level);
uint32_t fake_comp(uint32_t captbl, uint32_t pgtbl);
void fake_link(uint32_t pgtbl, uint64_t va, uint32_t table);

/* How many cores there are (1); with more, every third operation that takes a slot or a page is
 * refused once. */
extern unsigned fake_ncores;
/* COS_HW_QUIESCE that began an epoch, and that found one over. */
extern unsigned fake_epochs, fake_quiet;

/* How many super-pages are mapped. */
extern unsigned fake_supers;

/* What the processor does: the byte at va in the space of pgtbl, or NULL (a page fault). */
uint8_t *fake_access(uint32_t pgtbl, uint64_t va, bool write);
/* What a copy routine's instruction pointer was set to by COS_SELF_CALLER_SET; 0: nothing. */
extern uint64_t fake_resume_ip;

#endif
