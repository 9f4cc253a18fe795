/* SPDX-License-Identifier: BSD-2-Clause */
/* getrandom: random numbers, which are always ready. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/random.h"
#include "calls.h"
#include "mm/user.h"
#include "process/thread.h"

#define GRND_FLAGS 7 /* NONBLOCK, RANDOM, INSECURE: without effect */
long sys_getrandom(struct thread *t, const uint64_t *a)
{
	char *buffer = shared_at(t, SHARED_DATA);
	uint64_t len = MIN(a[1], (uint64_t)LX_RW_MAX), done = 0;

	if (a[2] & ~(uint64_t)GRND_FLAGS)
		return -LX_EINVAL;
	while (done < len) {
		size_t part = MIN(len - done, (uint64_t)SHARED_DATA_SIZE);

		random_bytes(buffer, part);
		if (user_put(t, a[0] + done, buffer, part) < 0)
			return done ? (long)done : -LX_EFAULT;
		done += part;
	}
	return (long)done;
}
