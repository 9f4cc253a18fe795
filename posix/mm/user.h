/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's memory. posix and the backends see it through a window: address p of the program is
 * mm->window + p there, with the program's rights.
 *
 * U1. An address of a program is checked against the window's bounds (user_range) before it is
 *     translated. What is not mapped there shows as a fault in the copy, which is -LX_EFAULT.
 * U2. Another thread of the program may change memory at any time: what posix has read and checked
 *     it does not read again.
 */
#ifndef POSIX_MM_USER_H
#define POSIX_MM_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/layout.h>

struct thread;

/* Are these addresses of a program? (U1) */
static inline bool user_range(uint64_t addr, uint64_t len)
{
	return addr < COS_SLOT(1ul) && len <= COS_SLOT(1ul) - addr;
}
/* Address in posix and the backends; the caller checked the range. */
void *user_window(struct thread *t, uint64_t addr);
/* Copies from and to the program's memory: 0 or -LX_EFAULT. */
long user_get(struct thread *t, void *to, uint64_t from, size_t len);
long user_put(struct thread *t, uint64_t to, const void *from, size_t len);
/* A string with its NUL: its length, -LX_EFAULT, or -LX_ENAMETOOLONG. */
long user_string(struct thread *t, char *to, uint64_t from, size_t size);

/*
 * A piece of data: in a window, a shared buffer or posix's own memory. Laid out as NetBSD's struct
 * iovec, since the backends read it.
 */
struct iov {
	void *base;
	size_t len;
};

/* A program's range as the iov of its window, cut to LX_RW_MAX. 0 or -LX_EFAULT, -LX_EINVAL. */
long iov_user(struct thread *t, uint64_t addr, uint64_t len, struct iov *iov);
/*
 * A program's array of n iovecs as iovs, LX_RW_MAX bytes in all at most: the total, or -LX_EFAULT,
 * -LX_EINVAL.
 */
long iov_user_array(struct thread *t, uint64_t addr, long n, struct iov *out);
/* Bytes in all. */
size_t iov_len(const struct iov *iov, int n);
/*
 * Copy a buffer to pieces, or pieces to a buffer, beginning skip bytes into the pieces. Bytes
 * moved, or -LX_EFAULT: none could be.
 */
long iov_put(const struct iov *iov, int n, size_t skip, const void *from, size_t len);
long iov_take(const struct iov *iov, int n, size_t skip, void *to, size_t len);

#endif
