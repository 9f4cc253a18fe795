/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network faction's own: the core lock and what runs under it.
 *
 * One mutex, the core lock, covers lwIP, every interface and every socket. It is held while a
 * packet is handled, never while memory of a program is copied, with one exception: the payload of
 * a TCP send, which goes from the program straight into segments (so_tcp.c).
 *
 * Packets to ourselves queue at the interface and are taken in by net_unlock and net_wait, in the
 * thread that sent them, so that no thread is needed to make the loopback run.
 *
 * Order of locks: a socket's so_rcv_lock or so_snd_lock, the core lock, selinfo and below.
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
bool net_locked(void); /* by the caller; for assertions */

/*
 * Wait on cv with the core lock, until it is signalled, timeout_ns passed (0: for ever), or the
 * lwp is interrupted: 0, ETIMEDOUT or EINTR. May return early; the caller re-checks.
 */
int net_wait(struct kcv *cv, int64_t timeout_ns);

/* Random bits for ports, identifiers and sequence numbers; from the host's generator. */
uint32_t net_random32(void);

/* lwIP's timers. Core lock held; net_timer_update whenever something may have become due. */
void net_timer_init(void);
void net_timer_update(void);

/* An lwIP err_t as NetBSD's errno. */
int net_errno(int err);

/* Set up lwIP and the loopback interface, once, whoever is first (component order in the type). */
void net_init(void);

#endif
