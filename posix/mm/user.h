/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's memory, through its window: the copy of its address space that posix and the backends
 * see at mm->window. Every address of a program is checked here, and nowhere else.
 */
#ifndef POSIX_MM_USER_H
#define POSIX_MM_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/layout.h>

struct thread;

/* Is [addr, addr + len) possible as a program's address? */
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

/* A piece of data, in a window, a shared buffer or posix's own memory: laid out as NetBSD's struct iovec. */
struct iov {
	void *base;
	size_t len;
};

/* A program's range as the iov of its window, cut to LX_RW_MAX. 0 or -LX_EFAULT, -LX_EINVAL. */
long iov_user(struct thread *t, uint64_t addr, uint64_t len, struct iov *iov);
/* A program's iovec array of n as iovs, at most LX_RW_MAX bytes in all: the total, or -LX_EFAULT, -LX_EINVAL. */
long iov_user_array(struct thread *t, uint64_t addr, long n, struct iov *out);
size_t iov_len(const struct iov *iov, int n);
/*
 * Copies from one buffer to pieces, and from pieces to one buffer, beginning skip bytes into them:
 * bytes moved, -LX_EFAULT if none could be.
 */
long iov_put(const struct iov *iov, int n, size_t skip, const void *from, size_t len);
long iov_take(const struct iov *iov, int n, size_t skip, void *to, size_t len);

#endif
