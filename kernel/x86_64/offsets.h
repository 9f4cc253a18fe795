/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the assembly finds the fields of the kernel's objects; x86_64/offsets.c asserts that the
 * structures agree.
 */
#ifndef X86_64_OFFSETS_H
#define X86_64_OFFSETS_H

/* Selectors. SYSRET wants user data just below user code (SDM 2B, SYSRET). */
#define SEL_KCODE 0x08
#define SEL_KDATA 0x10
#define SEL_UDATA 0x1b
#define SEL_UCODE 0x23
#define SEL_TSS 0x28
#define SEL_BOOT32 0x18 /* in start.S's table alone */

/* struct cpu, at %gs */
#define CPU_KSTACK 0
#define CPU_USER_SP 8
#define CPU_FRAME 16
#define CPU_THD 24
#define CPU_TID 32
#define CPU_CR3 40
#define CPU_CORE 48

/* struct frame */
#define FRAME_COMP 0
#define FRAME_EPOCH 8
#define FRAME_KIND 12
#define FRAME_IP 16
#define FRAME_SP 24
#define FRAME_FLAGS 32
#define FRAME_RBX 40
#define FRAME_RBP 48
#define FRAME_RDI 56
#define FRAME_SIZE 64

/* struct comp */
#define COMP_EPOCH 0
#define COMP_CR3 8
#define COMP_CAPTBL 16
#define COMP_GATE 24 /* struct target: component, entry, token */
#define COMP_INSIDE 512

/* struct cap */
#define CAP_TYPE 0
#define CAP_TARGET 8

/* struct target */
#define TARGET_COMP 0
#define TARGET_ENTRY 8
#define TARGET_TOKEN 16

/* struct thd */
#define THD_FRAMES_SIZE 2880
#define THD_FPU_SIZE 832
#define THD_REG (THD_FRAMES_SIZE + THD_FPU_SIZE)

#define THD_BY_SYSCALL (THD_REG + 210)

#define CAP_TYPE_SINV 5

/* Flags a thread starts with: interrupts on, and the bit that is always one (SDM 1, 3.4.3). */
#define USER_FLAGS 0x202

#endif
