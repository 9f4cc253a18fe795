/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of clients: windows onto programs, and shared buffers. A client may unmap it at any time,
 * so any access may fault. These functions recover from that; plain loads and stores do not.
 *
 * A server sees memory of all its clients at once. So a client's pointer counts only if this client
 * could follow it itself (cos/reach.h): cos_user_range looks, the copies do not.
 */
#ifndef COS_USER_H
#define COS_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/layout.h>
#include <cos/reach.h>

/*
 * How many bytes from addr on the client may name, for which the calling thread runs (cos_client):
 * up to the end of a window, or of its owner's part of the shared slot. 0: it may not name addr. In
 * a thread of the component itself, the same of the component.
 */
uint64_t cos_user_room(const void *addr);

/* May the client name [addr, addr + len)? */
static inline bool cos_user_range(const void *addr, size_t len)
{
	uint64_t room_bytes = cos_user_room(addr);

	return room_bytes != 0 && len <= room_bytes;
}

/* The same, of the shared slot alone. */
static inline bool cos_user_range_shared(const void *addr, size_t len)
{
	return (uint64_t)(uintptr_t)addr >> COS_SLOT_SHIFT == COS_SLOT_SHARED &&
	       cos_user_range(addr, len);
}

/*
 * Copy len bytes. dst, src or both are a client's; the caller has checked those by cos_user_range.
 * 0, or COS_EFAULT: some of it may have been copied. An aligned word of 4 or 8 bytes is copied by
 * one access.
 */
long cos_copy_user(void *dst, const void *src, size_t len);
/*
 * Copy up to and including a NUL, at most max bytes. The length without NUL, max if there was none,
 * or COS_EFAULT.
 */
long cos_copy_user_str(char *dst, const char *src, size_t max);
/* Replace old by new_value at p (aligned to 4), atomically. 1; 0: it was not old; COS_EFAULT. */
long cos_cas_user(uint32_t *p, uint32_t old, uint32_t new_value);

#endif
