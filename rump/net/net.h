/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core of the network: its lock, and what runs under it.
 *
 * I1 One mutex, the core lock, covers lwIP, every interface and every socket. lwIP is entered only
 *    with it held.
 * I2 The core lock is held while a packet is handled, but never while memory of a program is
 *    copied. The one exception is the payload of a TCP send, which is copied straight into segments
 *    (so_tcp.c, so_stream.c).
 * I3 A wait (net_wait) releases the core lock, so anything may have changed afterwards; callers
 *    check again.
 * I4 Packets to this host queue at the interface. net_unlock and net_wait take them in, in the
 *    thread that sent them: the loopback needs no thread, and no packet is handled inside another's
 *    handling.
 * I5 net_unlock also flushes what was queued at devices (netif_flush) and sets the timer
 *    (net_timer_update).
 * I6 Order of locks: a socket's so_rcv_lock or so_snd_lock, the core lock, selinfo and below
 *    (kern/select.h).
 */
#ifndef RUMP_NET_NET_H
#define RUMP_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rump/errno.h>
#include <rump/types.h>

#include "kern/sync.h"

void net_lock(void);
void net_unlock(void);
bool net_locked(void); /* by the calling lwp; for assertions */

/*
 * Wait on cv with the core lock, until it is signalled, timeout_ns have passed (0: for ever), or
 * the lwp is interrupted: 0, ETIMEDOUT or EINTR. May return early (I3).
 */
int net_wait(struct kcv *cv, int64_t timeout_ns);

/* Random bits for ports, identifiers and sequence numbers, from the host's generator. */
uint32_t net_random32(void);

/* lwIP's timers. Core lock held. net_timer_update is called when a timer may have become due. */
void net_timer_init(void);
void net_timer_update(void);

/* An lwIP err_t as NetBSD's errno. */
int net_errno(int err);

/*
 * Set up lwIP and the loopback interface. The first caller does it: components of one type have no
 * fixed order.
 */
void net_init(void);

#endif
