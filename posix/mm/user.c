/* SPDX-License-Identifier: BSD-2-Clause */
/* A program's memory through its window, and lists of pieces of it. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

void *user_window(struct thread *t, uint64_t addr)
{
	return (void *)(t->proc->mm->window + addr);
}

long user_get(struct thread *t, void *to, uint64_t from, size_t len)
{
	if (!user_range(from, len) || cos_copy_user(to, user_window(t, from), len) < 0)
		return -LX_EFAULT;
	return 0;
}

long user_put(struct thread *t, uint64_t to, const void *from, size_t len)
{
	if (!user_range(to, len) || cos_copy_user(user_window(t, to), from, len) < 0)
		return -LX_EFAULT;
	return 0;
}

long user_string(struct thread *t, char *to, uint64_t from, size_t size)
{
	long len;

	if (!user_range(from, 1))
		return -LX_EFAULT;
	len = cos_copy_user_str(to, user_window(t, from), MIN(size, COS_SLOT(1ul) - from));
	if (len < 0)
		return -LX_EFAULT;
	return (size_t)len >= size ? -LX_ENAMETOOLONG : len;
}

long iov_user(struct thread *t, uint64_t addr, uint64_t len, struct iov *iov)
{
	if ((int64_t)len < 0)
		return -LX_EINVAL;
	len = MIN(len, LX_RW_MAX);
	if (!user_range(addr, len))
		return len == 0 ? (iov->base = user_window(t, 0), iov->len = 0, 0) : -LX_EFAULT;
	iov->base = user_window(t, addr);
	iov->len = len;
	return 0;
}

long iov_user_array(struct thread *t, uint64_t addr, long n, struct iov *out)
{
	struct lx_iovec *in = (struct lx_iovec *)out; /* of the same layout: translated in place */
	uint64_t total = 0;

	if (n < 0 || n > LX_IOV_MAX)
		return -LX_EINVAL;
	if (user_get(t, in, addr, (size_t)n * sizeof(*in)) < 0)
		return -LX_EFAULT;
	for (long i = 0; i < n; i++) {
		uint64_t base = in[i].iov_base, len = in[i].iov_len;

		if ((int64_t)len < 0)
			return -LX_EINVAL;
		len = MIN(len, LX_RW_MAX - total);
		if (len > 0 && !user_range(base, len))
			return -LX_EFAULT;
		total += len;
		out[i].base = user_window(t, len ? base : 0);
		out[i].len = len;
	}
	return (long)total;
}

size_t iov_len(const struct iov *iov, int n)
{
	size_t len = 0;

	while (n-- > 0)
		len += iov++->len;
	return len;
}

static long iov_copy(const struct iov *iov, int n, size_t skip, char *mem, size_t len, bool take)
{
	size_t done = 0;

	for (; n > 0 && done < len; iov++, n--) {
		size_t part;
		char *p;

		if (skip >= iov->len) {
			skip -= iov->len;
			continue;
		}
		p = (char *)iov->base + skip;
		part = MIN(iov->len - skip, len - done);
		skip = 0;
		if (cos_copy_user(take ? mem + done : p, take ? p : mem + done, part) < 0)
			return done ? (long)done : -LX_EFAULT;
		done += part;
	}
	return (long)done;
}

long iov_put(const struct iov *iov, int n, size_t skip, const void *from, size_t len)
{
	return iov_copy(iov, n, skip, (char *)(uintptr_t)from, len, false);
}

long iov_take(const struct iov *iov, int n, size_t skip, void *to, size_t len)
{
	return iov_copy(iov, n, skip, to, len, true);
}
