/* SPDX-License-Identifier: BSD-2-Clause */
/* The cores beside the one that booted. */
#ifndef X86_64_SMP_H
#define X86_64_SMP_H

/* Early, while the first MiB is mapped: where they start. */
void smp_prepare(void);

#endif
