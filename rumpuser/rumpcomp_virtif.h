/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls of a virtual Ethernet interface: those that NetBSD's if_virt makes (same names and
 * signatures: sys/rump/net/lib/libvirtif/virtif_user.h, revision 20140313). Frames go out by a
 * call, without a word on whether they arrive, and come in by an upcall from a thread of the host,
 * which has an lwp and a virtual CPU.
 *
 * What an interface is connected to is the host's affair. On COS the interface number n is the card
 * number n of the component nic (interface/nic). On POSIX the environment says it, RUMP_VIRTn:
 *	tap:NAME		a tap device of the host; without a word it is tunn
 *	unix:OWN:PEER		datagrams between two sockets, a frame each
 */
#ifndef RUMPUSER_RUMPCOMP_VIRTIF_H
#define RUMPUSER_RUMPCOMP_VIRTIF_H

#include <stddef.h>
#include <stdint.h>

#include "rumpuser.h"

struct virtif_sc;   /* the interface, of the kernel */
struct virtif_user; /* its connection, of the host */

/*
 * Connect the interface whose number is in name. enaddr: the address that the kernel proposes,
 * which the host may replace. A NetBSD errno.
 */
int rumpcomp_virt_create(const char *name, struct virtif_sc *sc, uint8_t *enaddr,
			 struct virtif_user **viup);
/* A frame, in pieces. Dropped when the host cannot take it. */
void rumpcomp_virt_send(struct virtif_user *viu, struct rumpuser_iovec *iov, size_t iovlen);
/* No frames come in after dying and until destroy, which ends it. */
int rumpcomp_virt_dying(struct virtif_user *viu);
void rumpcomp_virt_destroy(struct virtif_user *viu);

/* The upcall: a frame that came in. */
void rump_virtif_virt_deliverpkt(struct virtif_sc *sc, struct rumpuser_iovec *iov, size_t iovlen);

#endif
