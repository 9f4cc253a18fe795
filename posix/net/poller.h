/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readiness of the network backend's descriptors. One thread of posix sits in the backend's
 * kevent(); what changes there wakes the queue of the file. The events are edges and may be
 * spurious: who wakes asks again.
 */
#ifndef POSIX_NET_POLLER_H
#define POSIX_NET_POLLER_H

struct file;
struct thread;

void poller_init(void);
/* f->backend_fd of the network backend. 0 or -LX_E*. */
long poller_watch(struct thread *t, struct file *f);
/* Likewise, for a descriptor that has become something else since. */
long poller_watch_again(struct thread *t, struct file *f);
/* Before the descriptor is closed. */
void poller_forget(struct file *f);

#endif
