/* SPDX-License-Identifier: BSD-2-Clause */
/* Owners of addresses, and who reaches their memory (cos/reach.h). */
#include <cos/client.h>
#include <cos/reach.h>
#include <cos/user.h>

long cos_owner(uint64_t addr, uint64_t *room_bytes)
{
	uint64_t slot = addr >> COS_SLOT_SHIFT, within = addr & (COS_SLOT(1UL) - 1), part;

	*room_bytes = COS_SLOT(1UL) - within;
	if (slot <= COS_SLOT_WINDOW_LAST)
		return __cos_system.window_owner[slot];
	if (slot != COS_SLOT_SHARED)
		return 0;
	part = within >> __cos_system.shared_shift;
	*room_bytes = ((part + 1) << __cos_system.shared_shift) - within;
	return part < __cos_system.ncomponents ? (long)part + 1 : 0;
}

bool cos_reaches(long id, long owner)
{
	uint32_t count = __cos_system.ncomponents;

	if (id <= 0 || id > (long)count || owner <= 0 || owner > (long)count)
		return false;
	return __cos_reach[(size_t)id * (count / 8 + 1) + (size_t)owner / 8] >> owner % 8 & 1;
}

uint64_t cos_user_room(const void *addr)
{
	uint64_t room_bytes;
	long owner = cos_owner((uint64_t)(uintptr_t)addr, &room_bytes), client = cos_client();

	return cos_reaches(client != 0 ? client : cos_component_id(), owner) ? room_bytes : 0;
}
