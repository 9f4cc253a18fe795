/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what the boot loader said to the first component (domain 0 of the payload, service/boot).
 */
#ifndef KERNEL_BOOT_H
#define KERNEL_BOOT_H

#include <stdint.h>
#include "cos/abi.h"

#define BOOT_RANGES_MAX 128

/* What the machine's entry code learned. Addresses are physical. */
struct boot_params {
	struct {
		uint64_t base;
		uint64_t len_bytes;
	} ram[BOOT_RANGES_MAX]; /* whole pages, ascending, disjoint, above the first MiB */
	unsigned nram;
	uint64_t low_page;   /* one of RAM in the first MiB, 0: there is none */
	uint64_t kernel_end; /* of kernel and payload */
	uint64_t image;
	uint64_t image_len_bytes;
	struct cos_bootinfo info; /* what it has from the boot loader */
};

extern struct boot_params boot_params;

/* Zeroed pages that are the kernel's for ever, from the RAM behind the kernel; panics without. */
void boot_alloc_init(void);
uint64_t boot_alloc(uint64_t npages);

/* The retype table over all RAM. How many bytes boot_alloc has given for each page of it, rounded
 * up. */
uint64_t boot_mem_init(void);
/* Build the first component and make its thread the running one; panics on a bad payload. */
void boot_first_component(void);

#endif
