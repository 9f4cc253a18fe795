/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bus: memory that components in several domains share under a name, as processes share a mapped
 * file: what it means is theirs to agree on. Who has changed something there says so, and who waits
 * for that is woken. The buses and their sizes are the composition's (BUS.NAME=SIZE, a parameter of
 * the component bus), and so is who may touch them: those whose `sees` names bus, and they all
 * buses of the system. A bus is known by its name, and, once looked up, by its number.
 *
 * Nothing is held for a client but its threads that wait. So one that fails leaves behind what it
 * wrote to the memory, and no more; what numbers mean stays the same over a restart of a client.
 * COS_EAGAIN: the component has not started yet (one that is imported weakly must come first in the
 * composition).
 */
#ifndef INTERFACE_BUS_H
#define INTERFACE_BUS_H

#include "interface.h"

#define BUS_NAME_MAX 32 /* with the NUL */
#define BUS_MAX 63	/* buses */

/*
 * The bus of a name, whose characters are in the words' bytes from the lowest, filled up with NUL:
 * its number, from 0, or COS_ENOENT; COS_EAGAIN.
 */
COS_INTERFACE long bus_find(unsigned long name0, unsigned long name1, unsigned long name2,
			    unsigned long name3);
/*
 * v0 = where it is, a shared buffer at one address in all domains that see it, v1 = its length;
 * COS_ENOENT.
 */
COS_INTERFACE struct cos_pair bus_memory(long bus);
/* Something was changed: who waits for this bus comes back. 0, or COS_ENOENT. */
COS_INTERFACE long bus_notify(long bus);
/*
 * Wait until bus_notify was called for one of buses (bit n: number n) after the moment since, an
 * earlier result: the present moment, greater than 0. Without any buses it does not wait.
 */
COS_INTERFACE long bus_wait(unsigned long buses, unsigned long since);

#endif
