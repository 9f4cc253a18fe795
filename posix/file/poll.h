/* SPDX-License-Identifier: BSD-2-Clause */
/* Timeouts and masks of poll, select and epoll. */
#ifndef POSIX_FILE_POLL_H
#define POSIX_FILE_POLL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/deadline.h"

struct thread;

/* The deadline of a span in milliseconds; 0, none, if that is negative (for ever) or 0. */
static inline uint64_t poll_deadline(int ms)
{
	return deadline_after(ms > 0 ? (uint64_t)ms * 1000000 : 0);
}
/*
 * The deadline of a span that is a timespec in the program, addr 0: for ever. *expired: the span is
 * 0, so the call looks once and does not wait. 0 or -LX_EFAULT, -LX_EINVAL.
 */
long poll_timespec(struct thread *t, uint64_t addr, uint64_t *deadline, bool *expired);
/* Block a mask in the program until the call ends; addr 0: none. 0 or -LX_EFAULT, -LX_EINVAL. */
long poll_mask(struct thread *t, uint64_t addr, uint64_t size);

#endif
