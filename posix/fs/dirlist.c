/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories as programs list them. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/dirlist.h"
#include "mm/user.h"
#include "process/thread.h"

struct dirlist {
	char *data; /* NetBSD's records */
	size_t len, size;
	size_t *entry; /* where record i begins */
	size_t count, room;
};

void dirlist_free(void *object)
{
	struct dirlist *list = object;

	if (!list)
		return;
	cos_free(list->data);
	cos_free(list->entry);
	cos_free(list);
}

static bool list_add(struct dirlist *list, const struct rump_dirent *d)
{
	if (list->len + d->d_reclen > list->size) {
		size_t size = MAX(2 * list->size, (size_t)4096);
		char *data = cos_realloc(list->data, size);

		if (!data)
			return false;
		list->data = data;
		list->size = size;
	}
	if (list->count == list->room) {
		size_t room = MAX(2 * list->room, (size_t)64);
		size_t *entry = cos_realloc(list->entry, room * sizeof(*entry));

		if (!entry)
			return false;
		list->entry = entry;
		list->room = room;
	}
	memcpy(list->data + list->len, d, d->d_reclen);
	list->entry[list->count++] = list->len;
	list->len += d->d_reclen;
	return true;
}

/* All entries of the directory, from its start. */
static long list_read(struct thread *t, struct file *f, struct dirlist **out)
{
	char *buffer = shared_at(t, SHARED_DATA);
	struct dirlist *list = cos_calloc(1, sizeof(*list));
	long r;

	if (!list)
		return -LX_ENOMEM;
	r = storage_call(RUMP_SYS_lseek, f->backend_fd, 0, 0, RUMP_SEEK_SET);
	while (r >= 0) {
		r = storage_call(RUMP_SYS___getdents30, f->backend_fd, buffer, SHARED_DATA_SIZE);
		if (r <= 0)
			break;
		for (long at = 0; at + (long)offsetof(struct rump_dirent, d_name) < r;) {
			struct rump_dirent *d = (struct rump_dirent *)(buffer + at);

			if (d->d_reclen < offsetof(struct rump_dirent, d_name) ||
			    at + d->d_reclen > r) {
				r = -LX_EIO;
				break;
			}
			if (d->d_fileno != 0 && !list_add(list, d)) {
				r = -LX_ENOMEM;
				break;
			}
			at += d->d_reclen;
		}
	}
	if (r < 0) {
		dirlist_free(list);
		/* NetBSD's getdents says EINVAL for what is no directory. */
		return r == -LX_EINVAL ? -LX_ENOTDIR : r;
	}
	*out = list;
	return 0;
}

long dirlist_seek(struct thread *t, struct file *f, int64_t offset, int whence)
{
	struct dirlist *list = f->object;

	(void)t;
	if (whence == LX_SEEK_CUR)
		offset += f->offset;
	else if (whence == LX_SEEK_END)
		offset += (int64_t)list->count;
	else if (whence != LX_SEEK_SET)
		return -LX_EINVAL;
	if (offset < 0)
		return -LX_EINVAL;
	f->offset = offset;
	return offset;
}

static struct cos_mutex list_lock; /* listings are made and read under it */

static long list_emit(struct thread *t, struct file *f, struct dirlist *list, uint64_t addr,
		      uint64_t len)
{
	union {
		struct lx_dirent64 d;
		char bytes[LX_DIRENT_NAME + LX_NAME_MAX + 2 + 8];
	} out;
	uint64_t done = 0;

	while (f->offset < (int64_t)list->count) {
		const struct rump_dirent *d = (void *)(list->data + list->entry[f->offset]);
		size_t name = MIN(d->d_namlen, (uint16_t)LX_NAME_MAX);
		size_t reclen = (LX_DIRENT_NAME + name + 1 + 7) & ~(size_t)7;

		if (done + reclen > len)
			return done ? (long)done : -LX_EINVAL;
		memset(&out, 0, sizeof(out));
		out.d.d_ino = d->d_fileno;
		out.d.d_off = f->offset + 1;
		out.d.d_reclen = (uint16_t)reclen;
		out.d.d_type = d->d_type; /* DT_* are the same */
		memcpy(out.bytes + LX_DIRENT_NAME, d->d_name, name);
		if (user_put(t, addr + done, &out, reclen) < 0)
			return done ? (long)done : -LX_EFAULT;
		done += reclen;
		f->offset++;
	}
	return (long)done;
}

long sys_getdents64(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	struct dirlist *list;
	long r = 0;

	if (!f)
		return -LX_EBADF;
	if (f->kind != FILE_STORAGE)
		r = -LX_ENOTDIR;
	else if (f->flags & LX_O_PATH)
		r = -LX_EBADF;
	if (r == 0) {
		cos_mutex_lock(&list_lock);
		if (f->object && f->offset == 0) {
			dirlist_free(f->object);
			f->object = NULL;
		}
		if (!f->object) {
			r = list_read(t, f, &list);
			if (r == 0) {
				f->object = list;
				f->offset = 0;
			}
		}
		if (r == 0)
			r = list_emit(t, f, f->object, a[1], (unsigned)a[2]);
		cos_mutex_unlock(&list_lock);
	}
	file_put(f);
	return r;
}
