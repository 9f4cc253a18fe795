/* SPDX-License-Identifier: BSD-2-Clause */
/* Segment selectors and flags, for C and assembly. */
#ifndef X86_64_SELECT_H
#define X86_64_SELECT_H

/* User data is just below user code, as SYSRET needs it (SDM 2B, SYSRET). */
#define SEL_KCODE 0x08
#define SEL_KDATA 0x10
#define SEL_UDATA 0x1b
#define SEL_UCODE 0x23
#define SEL_TSS 0x28
#define SEL_BOOT32 0x18 /* in start.S's table alone */

/*
 * The flags that a thread starts with: interrupts on, and the bit that is always 1 (SDM 1, 3.4.3).
 */
#define USER_FLAGS 0x202
/* Flags that user level may have: the status flags, DF, TF, AC, ID (SDM 1, 3.4.3). */
#define USER_FLAGS_MASK 0x240dd5

#endif
