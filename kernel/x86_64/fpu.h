/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FPU state: a thread that has not used the FPU runs with CR0.TS set; its first use (#NM) gives it
 * a fresh state. From then on its state is saved and restored with every switch, so none ever sees
 * another's.
 */
#ifndef X86_64_FPU_H
#define X86_64_FPU_H

#include <stdbool.h>

struct thd;

/* Of this core. Panics when the CPU lacks XSAVE. */
void fpu_init(void);
/* #NM of the running thread: false when it has the FPU already. */
bool fpu_first_use(struct thd *thd);

#endif
