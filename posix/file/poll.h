/* SPDX-License-Identifier: BSD-2-Clause */
/* What poll, select and epoll do alike with their last arguments. */
#ifndef POSIX_FILE_POLL_H
#define POSIX_FILE_POLL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/deadline.h"

struct thread;

/* Milliseconds, negative: for ever. The deadline, 0: none; with 0 ms nothing waits. */
static inline uint64_t poll_deadline(int ms)
{
	return deadline_after(ms > 0 ? (uint64_t)ms * 1000000 : 0);
}
/*
 * A relative timespec in the program, addr 0: for ever. *expired: it is 0, so look and do not wait.
 * 0 or -LX_EFAULT, -LX_EINVAL.
 */
long poll_timespec(struct thread *t, uint64_t addr, uint64_t *deadline, bool *expired);
/* A signal mask for the length of the call; addr 0: none. 0 or -LX_EFAULT, -LX_EINVAL. */
long poll_mask(struct thread *t, uint64_t addr, uint64_t size);

#endif
