/* SPDX-License-Identifier: BSD-2-Clause */
/* Times of files: utimensat and the older calls. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "calls.h"
#include "fs/attr.h"
#include "fs/path.h"
#include "mm/user.h"
#include "process/thread.h"

/* times NULL: now. path 0: of the file that dirfd is. */
static long utimens_at(struct thread *t, uint64_t dirfd, uint64_t path,
		       const struct lx_timespec *times, uint64_t flags)
{
	struct rump_timespec *buf = shared_at(t, SHARED_ARGS);

	if (flags & ~(uint64_t)(LX_AT_SYMLINK_NOFOLLOW | LX_AT_EMPTY_PATH))
		return -LX_EINVAL;
	if (times && (!utime_to_netbsd(&times[0], &buf[0]) || !utime_to_netbsd(&times[1], &buf[1])))
		return -LX_EINVAL;
	if (times && times[0].tv_nsec == LX_UTIME_OMIT && times[1].tv_nsec == LX_UTIME_OMIT)
		return 0;
	if (path == 0)
		return attr_fd_call(t, RUMP_SYS_futimens, dirfd, times ? A(buf) : 0, 0, 0, false);
	return attr_path_call(t, RUMP_SYS_utimensat, dirfd, path, times ? A(buf) : 0,
			      at_flags_to_netbsd((uint32_t)flags), 0);
}

long sys_utimensat(struct thread *t, const uint64_t *a)
{
	struct lx_timespec ts[2];

	if (a[2] && user_get(t, ts, a[2], sizeof(ts)) < 0)
		return -LX_EFAULT;
	return utimens_at(t, a[0], a[1], a[2] ? ts : NULL, a[3]);
}

static long utimes_at(struct thread *t, uint64_t dirfd, uint64_t path, uint64_t times)
{
	struct lx_timeval tv[2];
	struct lx_timespec ts[2];

	if (!times)
		return utimens_at(t, dirfd, path, NULL, 0);
	if (user_get(t, tv, times, sizeof(tv)) < 0)
		return -LX_EFAULT;
	for (int i = 0; i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return -LX_EINVAL;
		ts[i] = (struct lx_timespec){tv[i].tv_sec, tv[i].tv_usec * 1000};
	}
	return utimens_at(t, dirfd, path, ts, 0);
}

long sys_utimes(struct thread *t, const uint64_t *a)
{
	return utimes_at(t, PATH_CWD, a[0], a[1]);
}

long sys_futimesat(struct thread *t, const uint64_t *a)
{
	return utimes_at(t, a[0], a[1], a[2]);
}

long sys_utime(struct thread *t, const uint64_t *a)
{
	int64_t sec[2];
	struct lx_timespec ts[2] = {0};

	if (!a[1])
		return utimens_at(t, PATH_CWD, a[0], NULL, 0);
	if (user_get(t, sec, a[1], sizeof(sec)) < 0)
		return -LX_EFAULT;
	ts[0].tv_sec = sec[0];
	ts[1].tv_sec = sec[1];
	return utimens_at(t, PATH_CWD, a[0], ts, 0);
}
