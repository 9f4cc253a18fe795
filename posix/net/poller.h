/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The poller. One thread of posix waits in the network backend's kevent(). An event of a descriptor
 * fires the queue of its file.
 *
 * Q1. Events are edges, and may be spurious: a receiver polls the descriptor (base/event.h, E5).
 * Q2. `watched` maps a descriptor to its file, under the event lock. A file is in it from
 *     poller_watch until poller_forget, which its release calls before it closes the descriptor. So
 *     an event that comes late finds no file, or one that has the descriptor since (Q1).
 * Q3. Closing a descriptor ends its watch in the backend.
 * Q4. Without the poller, sockets work but nothing wakes a thread that waits for one.
 */
#ifndef POSIX_NET_POLLER_H
#define POSIX_NET_POLLER_H

struct file;
struct thread;

void poller_init(void);
/* Watch f->backend_fd. 0 or -LX_E*. */
long poller_watch(struct thread *t, struct file *f);
/* Begin the watch again: for a socket that has begun to listen. */
long poller_watch_again(struct thread *t, struct file *f);
/* Before the descriptor is closed. */
void poller_forget(struct file *f);

#endif
