/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's registers while it is in posix: in the frames that they are in, and in the frame that
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

/*
 * All registers of the program from where they are, and back. syscall: in the gate's frame and the
 * kernel's; else it is an exception, and all are in the kernel's.
 */
void frame_load(struct thread *t, struct cpu_regs *regs, bool syscall);
void frame_store(struct thread *t, const struct cpu_regs *regs, bool syscall);

/* frame->number after sigreturn: there is no call that could be issued again. */
#define FRAME_DONE (~0ull)

/*
 * Push a frame for a handler on the program's stack: regs are then the handler's. mask: what is
 * blocked after it. 0 or -LX_EFAULT, -LX_ENOMEM. sigreturn takes it from there.
 */
long sigframe_push(struct thread *t, struct cpu_regs *regs, int sig, const struct lx_sigaction *act,
		   const struct lx_siginfo *info, uint64_t mask);

#endif
