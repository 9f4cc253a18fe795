/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals that have been sent and not yet been taken. */
#ifndef POSIX_SIGNAL_PENDING_H
#define POSIX_SIGNAL_PENDING_H

#include <stdint.h>
#include <cos/list.h>
#include "abi/signal.h"

struct siginfo_queued {
	struct list_node link;
	struct lx_siginfo info;
};

/* Signals that wait for a thread or for any thread of a process. */
struct sigpending {
	uint64_t set;
	struct list_node queue; /* siginfo_queued */
};

/* Of several pending, those that an exception caused come first (signal(7)). */
#define SIGNALS_SYNCHRONOUS                                                    \
	(LX_SIGBIT(LX_SIGSEGV) | LX_SIGBIT(LX_SIGBUS) | LX_SIGBIT(LX_SIGILL) | \
	 LX_SIGBIT(LX_SIGTRAP) | LX_SIGBIT(LX_SIGFPE) | LX_SIGBIT(LX_SIGSYS))
/* From here on every one that is sent is delivered; of the others, one of several. */
#define SIGNAL_FIRST_REALTIME 32

void pending_init(struct sigpending *p);
void pending_clear(struct sigpending *p);
/* These under the process's signal_lock. 0 or -LX_EAGAIN: no memory for a real-time signal. */
long pending_add(struct sigpending *p, int sig, const struct lx_siginfo *info);
/* One signal of the set: its number, 0: none. */
int pending_take(struct sigpending *p, uint64_t set, struct lx_siginfo *info);

#endif
