/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own page tables: the upper half of every address space. */
#ifndef X86_64_KMAP_H
#define X86_64_KMAP_H

#include <stdint.h>

/* Build them and switch to them: RAM in the direct map, the kernel by section, W^X throughout. */
void kmap_init(void);
/* Of a further core: switch to them. */
void kmap_init_core(void);
/* Map a page of device registers, while booting. */
volatile void *kmap_device(uint64_t pa);

#endif
