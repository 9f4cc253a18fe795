/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose the memory is that windows and the shared slot show, which components reach it, and which
 * roles components have. r2c knows all of it, and links it into every domain (struct cos_system).
 *
 * I1  A window slot belongs to one creator of programs, and a part of the shared slot to one
 *     component, for ever. mem gives out addresses accordingly. So an address that was checked
 *     never becomes another owner's.
 * I2  A component reaches memory if it shares a domain with the owner, or if its domain has a
 *     component whose `sees` names the owner.
 * I3  Programs have ids above those of all components, reach nothing, and have no role.
 */
#ifndef COS_REACH_H
#define COS_REACH_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/client.h>
#include <cos/layout.h>

struct cos_system {
	uint32_t ncomponents;  /* their ids are from 1 on */
	uint32_t shared_shift; /* I1: component id has the part id - 1, of 1 << shared_shift */
	uint32_t window_owner[COS_SLOT_WINDOW_LAST + 1]; /* component id by slot, 0: none */
};
extern const struct cos_system __cos_system;
extern const uint32_t __cos_roles[]; /* by id: 1 << enum component_role (boot/roles.h) */
extern const uint8_t __cos_reach[];  /* a row an id: a bit for each owner's id */

/* Does that component have this role, an enum component_role? */
static inline bool cos_has_role(long id, unsigned role)
{
	return id > 0 && id <= (long)__cos_system.ncomponents && (__cos_roles[id] >> role & 1) != 0;
}

/* The first address of component id's part of the shared slot; its end is that of id + 1. */
static inline uint64_t cos_shared_part(long id)
{
	return COS_SLOT(COS_SLOT_SHARED * 1UL) + ((uint64_t)(id - 1) << __cos_system.shared_shift);
}

/*
 * The owner of what may be at addr, and how many bytes from there on are its; 0: addr is neither in
 * a window nor in a part of the shared slot.
 */
long cos_owner(uint64_t addr, uint64_t *room_bytes);
/* Does component id reach the memory that `owner` shows? */
bool cos_reaches(long id, long owner);

#endif
