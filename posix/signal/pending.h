/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals that were sent and not taken yet. */
#ifndef POSIX_SIGNAL_PENDING_H
#define POSIX_SIGNAL_PENDING_H

#include <stdint.h>
#include <cos/list.h>
#include "abi/signal.h"

struct siginfo_queued {
	struct list_node link;
	struct lx_siginfo info;
};

/*
 * Of a thread, or of a process, which any of its threads may take. A number without a siginfo in
 * the queue is a signal for which there was no memory.
 */
struct sigpending {
	uint64_t set;
	struct list_node queue; /* siginfo_queued */
};

/* Of several pending, those that an exception caused come first (signal(7)). */
#define SIGNALS_SYNCHRONOUS                                                    \
	(LX_SIGBIT(LX_SIGSEGV) | LX_SIGBIT(LX_SIGBUS) | LX_SIGBIT(LX_SIGILL) | \
	 LX_SIGBIT(LX_SIGTRAP) | LX_SIGBIT(LX_SIGFPE) | LX_SIGBIT(LX_SIGSYS))
/* From here on (SIGRTMIN) each signal that is sent is kept; of a lower number, one. */
#define SIGNAL_FIRST_REALTIME 32

void pending_init(struct sigpending *p);
void pending_clear(struct sigpending *p);
/* Under signal_lock. 0 or -LX_EAGAIN: no memory for a real-time signal. */
long pending_add(struct sigpending *p, int sig, const struct lx_siginfo *info);
/* Under signal_lock. Take one signal of the set: its number, 0: none. */
int pending_take(struct sigpending *p, uint64_t set, struct lx_siginfo *info);

#endif
