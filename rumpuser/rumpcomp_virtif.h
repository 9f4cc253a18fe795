/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls of a virtual Ethernet interface: those of NetBSD's if_virt (same names and
 * signatures: sys/rump/net/lib/libvirtif/virtif_user.h, revision 20140313).
 *
 * I1 A frame is sent by a call that does not report whether it arrived.
 * I2 A frame is received by an upcall from a host thread that has an lwp and a virtual CPU.
 * I3 No upcall comes after rumpcomp_virt_dying has returned.
 *
 * The host decides what an interface is connected to. On COS interface n is card n of the component
 * nic (interface/nic). On POSIX the environment variable RUMP_VIRTn says it:
 *	tap:NAME		a tap device of the host; tunn if the variable is not set
 *	unix:OWN:PEER		datagrams between two sockets, a frame each
 */
#ifndef RUMPUSER_RUMPCOMP_VIRTIF_H
#define RUMPUSER_RUMPCOMP_VIRTIF_H

#include <stddef.h>
#include <stdint.h>

#include "rumpuser.h"

struct virtif_sc;   /* the interface, the kernel's */
struct virtif_user; /* its connection, the host's */

/*
 * Connect the interface with the number in name. enaddr: the address that the kernel proposes; the
 * host may replace it. A NetBSD errno.
 */
int rumpcomp_virt_create(const char *name, struct virtif_sc *sc, uint8_t *enaddr,
			 struct virtif_user **viup);
/* Send a frame that is given in pieces. The frame is dropped if the host cannot take it. */
void rumpcomp_virt_send(struct virtif_user *viu, struct rumpuser_iovec *iov, size_t iovlen);
/* dying stops reception (I3); destroy ends the connection. */
int rumpcomp_virt_dying(struct virtif_user *viu);
void rumpcomp_virt_destroy(struct virtif_user *viu);

/* The upcall (I2). */
void rump_virtif_virt_deliverpkt(struct virtif_sc *sc, struct rumpuser_iovec *iov, size_t iovlen);

#endif
