/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the boot loader's information to the first component (domain 0 of the payload,
 * service/boot).
 *
 * The order matters: boot_alloc_init finds the RAM behind the kernel; boot_alloc takes pages from
 * it that stay the kernel's; kmap_init (x86_64/cpu.h) needs some; boot_mem_init needs the direct
 * map of kmap_init; boot_first_component at last gives what is left to the first component, as
 * capabilities.
 */
#ifndef KERNEL_BOOT_H
#define KERNEL_BOOT_H

#include <stdint.h>
#include "cos/abi.h"

#define BOOT_RANGES_MAX 128 /* firmware reports some dozen ranges; RAM beyond is not used */

/* What the machine's entry code has learned. Addresses are physical. */
struct boot_params {
	struct {
		uint64_t base;
		uint64_t len_bytes;
	} ram[BOOT_RANGES_MAX]; /* whole pages, ascending, disjoint, above the first MiB */
	unsigned nram;
	uint64_t low_page;   /* a page of RAM in the first MiB, for smp.c; 0: none */
	uint64_t kernel_end; /* of kernel and payload */
	uint64_t image;
	uint64_t image_len_bytes;
	struct cos_bootinfo info; /* as far as the boot loader has said it */
};

extern struct boot_params boot_params;

/* Pages that stay the kernel's, zeroed, from the RAM behind the kernel. Panics without. */
void boot_alloc_init(void);
uint64_t boot_alloc(uint64_t npages);

/*
 * Make the retype table over all RAM. -> how many bytes boot_alloc has given for each page of RAM,
 * rounded up.
 */
uint64_t boot_mem_init(void);
/* Build the first component and make its thread the running one. Panics on a bad payload. */
void boot_first_component(void);

#endif
