/* SPDX-License-Identifier: BSD-2-Clause */
/* The cores beside the one that booted. */
#ifndef X86_64_SMP_H
#define X86_64_SMP_H

/* Early, while all memory is mapped: which there are, and where they start. */
void smp_prepare(void);
/* Start them, one after the other. */
void smp_start(void);

#endif
