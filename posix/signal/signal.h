/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals. A signal is sent to a process or a thread, stays pending while it is blocked, and is
 * delivered on a thread's way out of posix: at the end of its system call, or of the exception that
 * it caused. A thread that computes without either receives it at its next one.
 */
#ifndef POSIX_SIGNAL_SIGNAL_H
#define POSIX_SIGNAL_SIGNAL_H

#include <stdint.h>
#include "abi/signal.h"

struct process;
struct process_hooks;
struct thread;

/*
 * Send; info NULL: as the kernel does. To t if not NULL, else to any thread. 0 or -LX_EAGAIN (no
 * memory for a real-time signal).
 */
long signal_send(struct process *proc, struct thread *t, int sig, const struct lx_siginfo *info);
/* Of an exception in t: cannot be blocked or ignored. */
void signal_force(struct thread *t, const struct lx_siginfo *info);
/* The sets a thread has pending, its own and its process's. */
uint64_t signal_pending(struct thread *t);
/* Take one pending signal of the set: its number, 0: none. */
int signal_take(struct thread *t, uint64_t set, struct lx_siginfo *info);
void signal_set_blocked(struct thread *t, uint64_t blocked);
/* Until the call ends: mask now, the old one again afterwards, after a handler. */
void signal_mask_for_call(struct thread *t, uint64_t mask);

/*
 * The way out of a system call: result is what the program gets unless a handler runs. May not
 * return, when the default action ends the process.
 */
long signal_deliver(struct thread *t, long result);
/* The way out of an exception; all registers are in the frame. */
void signal_deliver_fault(struct thread *t);

extern const struct process_hooks signal_hooks;

#endif
