/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of clients: windows onto programs, and shared buffers. A client may unmap it at any time,
 * so any access may fault. These functions recover from that; plain loads and stores do not.
 */
#ifndef COS_USER_H
#define COS_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/layout.h>

/* Does [addr, addr + len) lie in one slot that is a window, or in the shared slot? */
static inline bool cos_user_range(const void *addr, size_t len)
{
	uint64_t first = (uint64_t)(uintptr_t)addr;
	uint64_t slot = first >> COS_SLOT_SHIFT;

	return slot - COS_SLOT_WINDOW_FIRST <= COS_SLOT_SHARED - COS_SLOT_WINDOW_FIRST &&
	       len <= ((slot + 1) << COS_SLOT_SHIFT) - first;
}

/* Does [addr, addr + len) lie in the shared slot? */
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
