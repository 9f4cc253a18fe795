/* SPDX-License-Identifier: BSD-2-Clause */
/* statfs: a file system's size and type. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "base/backend.h"
#include "calls.h"
#include "file/file.h"
#include "fs/attr.h"
#include "fs/path.h"
#include "fs/storage.h"
#include "mm/user.h"
#include "process/thread.h"

static long statfs_out(struct thread *t, long r, uint64_t out)
{
	struct lx_statfs sf;

	if (r < 0)
		return r;
	statfs_to_linux(shared_at(t, SHARED_ARGS), &sf);
	return user_put(t, out, &sf, sizeof(sf));
}

long sys_statfs(struct thread *t, const uint64_t *a)
{
	struct path p;
	struct file *f;
	long r = path_get(t, LX_AT_FDCWD, a[0], SHARED_PATH0, &p);

	if (r < 0)
		return r;
	f = storage_open(t, &p, LX_O_PATH, 0,
			 &r); /* by a descriptor, since NetBSD's statvfs takes no directory */
	path_put(&p);
	if (!f)
		return r;
	r = storage_call(RUMP_SYS_fstatvfs1, f->backend_fd, shared_at(t, SHARED_ARGS),
			 RUMP_ST_WAIT);
	file_put(f);
	return statfs_out(t, r, a[1]);
}

long sys_fstatfs(struct thread *t, const uint64_t *a)
{
	long r = attr_fd_call(t, RUMP_SYS_fstatvfs1, a[0], A(shared_at(t, SHARED_ARGS)),
			      RUMP_ST_WAIT, 0, false);

	return statfs_out(t, r, a[1]);
}
