/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of clients: windows onto programs and shared buffers. Any access to it may fail, at any
 * time, since the program may unmap it meanwhile: so it goes through these functions, which
 * recover.
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
 * Copies len bytes, where dst, src or both are a client's (the caller has checked by cos_user_range
 * which may be). 0, or -COS_EFAULT: some of it may have been copied. An aligned word of 4 or 8 bytes
 * is copied in one.
 */
long cos_copy_user(void *dst, const void *src, size_t len);
/* Copies up to and including a NUL, at most max bytes: the length without NUL, max if there was
 * none, -COS_EFAULT. */
long cos_copy_user_str(char *dst, const char *src, size_t max);
/* Atomically replaces old by new at p (aligned to 4): 1, 0 if it was not old, -COS_EFAULT. */
long cos_cas_user(uint32_t *p, uint32_t old, uint32_t new_value);

#endif
