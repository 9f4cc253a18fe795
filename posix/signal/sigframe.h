/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's registers while it is in posix: from and to its frames, and to and from the frame that
 * a signal handler finds on its stack.
 */
#ifndef POSIX_SIGNAL_SIGFRAME_H
#define POSIX_SIGNAL_SIGFRAME_H

#include <stdbool.h>
#include <stdint.h>

struct cpu_regs;
struct lx_sigaction;
struct lx_siginfo;
struct thread;

/* All registers of the program: of the gate's frame and the kernel's, or of an exception's. */
void frame_load(struct thread *t, struct cpu_regs *regs, bool syscall);
void frame_store(struct thread *t, const struct cpu_regs *regs, bool syscall);

/* In frame->number after sigreturn: there is no call that could be issued again. */
#define FRAME_DONE (~0ull)

/* Registers to a frame on the program's stack, and back. 0 or -LX_E*. */
long sigframe_push(struct thread *t, struct cpu_regs *regs, int sig, const struct lx_sigaction *act,
		   const struct lx_siginfo *info, uint64_t mask);
long sigframe_pop(struct thread *t, struct cpu_regs *regs);

#endif
