/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals. A signal is sent to a process or to a thread. It stays pending while it is blocked, and
 * is delivered on a thread's way out of posix: at the end of a system call, or of an exception.
 *
 * Not there: a thread that computes is not interrupted, so it gets a signal at its next system call
 * or exception (SIGKILL ends it at once). Stopping a process (SIGSTOP) has no effect.
 */
#ifndef POSIX_SIGNAL_SIGNAL_H
#define POSIX_SIGNAL_SIGNAL_H

#include <stdint.h>
#include "abi/signal.h"

struct process;
struct process_hooks;
struct thread;

/*
 * Send to thread t of the process, NULL: to any of its threads. info NULL: as the kernel sends. 0,
 * -LX_ESRCH: the process has no thread any more, or -LX_EAGAIN: no memory for a real-time signal.
 */
long signal_send(struct process *proc, struct thread *t, int sig, const struct lx_siginfo *info);
/* The signal of an exception in t: it is delivered even if it is blocked or ignored. */
void signal_force(struct thread *t, const struct lx_siginfo *info);
/* The set that is pending for t, its process's included. */
uint64_t signal_pending(struct thread *t);
/* Take one pending signal of the set, t's own first: its number, 0: none. */
int signal_take(struct thread *t, uint64_t set, struct lx_siginfo *info);
void signal_set_blocked(struct thread *t, uint64_t blocked);
/* Block mask until the call ends; handlers that interrupt it run before the old mask returns. */
void signal_mask_for_call(struct thread *t, uint64_t mask);

/*
 * The way out of a system call that has the given result. Returns the program's rax: the result,
 * EINTR, or the call's number to issue it again; or what a handler begins with.
 */
long signal_deliver(struct thread *t, long result);
/* The way out of an exception; all registers are in the frame. */
void signal_deliver_fault(struct thread *t);

extern const struct process_hooks signal_hooks;

#endif
