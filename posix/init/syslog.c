/* SPDX-License-Identifier: BSD-2-Clause */
/* syslog(2): programs see the system's log as Linux's kernel log. */
#include <stdatomic.h>
#include "base/os.h"
#include "abi/errno.h"
#include "calls.h"
#include "mm/user.h"
#include "process/thread.h"
#include "console/log.h"

/* Linux's include/linux/syslog.h */
#define LX_SYSLOG_CLOSE 0
#define LX_SYSLOG_OPEN 1
#define LX_SYSLOG_READ_ALL 3
#define LX_SYSLOG_READ_CLEAR 4
#define LX_SYSLOG_CLEAR 5
#define LX_SYSLOG_CONSOLE_OFF 6
#define LX_SYSLOG_CONSOLE_LEVEL 8
#define LX_SYSLOG_SIZE_BUFFER 10

static _Atomic unsigned long log_cleared; /* text before this position is not shown */

static unsigned long log_end(char *buffer)
{
	unsigned long at = log_cleared;
	struct cos_pair r;

	while ((r = console_log_read(buffer, SHARED_DATA_SIZE, at)).v0 > 0)
		at = (unsigned long)(r.v1 + r.v0);
	return at;
}

/* The log's last len bytes to the program: how many, or -LX_EFAULT. */
static long log_show(struct thread *t, uint64_t to, uint64_t len)
{
	char *buffer = shared_at(t, SHARED_DATA);
	unsigned long end = log_end(buffer), at = log_cleared;
	uint64_t done = 0;

	if (end - at > len)
		at = end - len;
	while (at < end && done < len) {
		struct cos_pair r =
			console_log_read(buffer, MIN(len - done, (uint64_t)SHARED_DATA_SIZE), at);

		if (r.v0 <= 0)
			break;
		if (user_put(t, to + done, buffer, (size_t)r.v0) < 0)
			return -LX_EFAULT;
		done += (uint64_t)r.v0;
		at = (unsigned long)(r.v1 + r.v0);
	}
	return (long)done;
}

long sys_syslog(struct thread *t, const uint64_t *a)
{
	int action = (int)a[0], len = (int)a[2];
	long r = 0;

	if (action == LX_SYSLOG_SIZE_BUFFER)
		return COS_LOG_BYTES;
	if (action == LX_SYSLOG_READ_ALL || action == LX_SYSLOG_READ_CLEAR) {
		if (a[1] == 0 || len < 0)
			return -LX_EINVAL;
		r = log_show(t, a[1], (uint64_t)len);
	} else if (action != LX_SYSLOG_CLOSE && action != LX_SYSLOG_OPEN &&
		   action != LX_SYSLOG_CLEAR &&
		   (action < LX_SYSLOG_CONSOLE_OFF || action > LX_SYSLOG_CONSOLE_LEVEL)) {
		return -LX_EINVAL;
	}
	if (r >= 0 && (action == LX_SYSLOG_READ_CLEAR || action == LX_SYSLOG_CLEAR))
		log_cleared = log_end(shared_at(t, SHARED_DATA));
	return r;
}
