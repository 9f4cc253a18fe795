/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bus: memory that components in several domains share under a name, as processes share a mapped
 * file. What it means is up to them.
 * Audience: everyone.
 *
 * A component that has changed the memory says so, and those that wait for it are woken. The
 * composition says which buses there are and how long they are (BUS.NAME=SIZE, parameters of the
 * component bus). Components whose `sees` names bus may touch all buses of the system; no others
 * may. A bus is known by its name, and, once looked up, by its number.
 *
 * The server holds nothing for a client but the threads that wait. A client that fails leaves
 * behind what it wrote to the memory and no more; numbers mean the same after its restart.
 * COS_EAGAIN: the component has not started yet (one that is imported weakly must come first in the
 * composition).
 */
#ifndef INTERFACE_BUS_H
#define INTERFACE_BUS_H

#include "interface.h"

#define BUS_NAME_MAX 32 /* with the NUL */
#define BUS_MAX 63	/* buses: bus_wait takes a mask of them in one word */

/*
 * The number of the bus of that name, from 0; COS_ENOENT, COS_EAGAIN. The words hold the name's
 * characters from their lowest byte on, filled up with NUL.
 */
COS_INTERFACE long bus_find(unsigned long name0, unsigned long name1, unsigned long name2,
			    unsigned long name3);
/*
 * v0 = the address of the memory, a shared buffer and so the same in all domains that see it, v1 =
 * its length; COS_ENOENT.
 */
COS_INTERFACE struct cos_pair bus_memory(long bus);
/* The memory was changed: wake the threads that wait for this bus. 0, or COS_ENOENT. */
COS_INTERFACE long bus_notify(long bus);
/*
 * Wait until bus_notify has been called for one of buses (bit n: number n) after the moment
 * `since`, which is an earlier result of this function. The present moment, greater than 0. With
 * buses 0 it returns at once.
 */
COS_INTERFACE long bus_wait(unsigned long buses, unsigned long since);

#endif
