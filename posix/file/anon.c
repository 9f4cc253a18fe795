/* SPDX-License-Identifier: BSD-2-Clause */
/* Files without a name: what they have in common. */
#include "base/os.h"
#include "abi/abi.h"
#include "file/anon.h"
#include "file/file.h"

uint64_t anon_inode(void)
{
	static uint64_t last = 1000;

	return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

long anon_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	(void)t;
	(void)f;
	st->st_dev = 14;
	st->st_ino = 1000;
	st->st_mode = 0600;
	st->st_nlink = 1;
	st->st_blksize = 4096;
	return 0;
}

void anon_release(struct file *f)
{
	cos_free(f->object);
}

struct file *anon_create(const struct file_ops *ops, size_t size, uint64_t flags)
{
	struct file *f = file_create(ops, FILE_OTHER, LX_O_RDWR | (flags & LX_O_NONBLOCK));

	if (f) {
		f->object = cos_calloc(1, size);
		if (!f->object) {
			cos_free(f);
			f = NULL;
		}
	}
	return f;
}
