/* SPDX-License-Identifier: BSD-2-Clause */
/* sendfile: from one file to another. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/user.h"
#include "process/thread.h"

/*
 * Through the thread's shared buffer, which the backends see: data is copied once into it and once
 * out of it. offset, if it is not FILE_OFFSET_OWN, moves by what was sent. Bytes, or -LX_E*.
 */
static long send_file(struct thread *t, struct file *out, struct file *in, int64_t *offset,
		      uint64_t len)
{
	char *buffer = shared_at(t, SHARED_DATA);
	uint64_t done = 0;
	long r = 0;

	while (done < len) {
		struct iov iov = {buffer, MIN(len - done, (uint64_t)SHARED_DATA_SIZE)};
		long got, sent;

		got = r = in->ops->read(t, in, &iov, 1, *offset);
		if (got <= 0)
			break;
		iov.len = (size_t)got;
		sent = r = file_write(t, out, &iov, 1, FILE_OFFSET_OWN);
		if (sent < got && *offset == FILE_OFFSET_OWN) /* read, but not sent */
			in->ops->lseek(t, in, MAX(sent, 0) - got, LX_SEEK_CUR);
		if (sent <= 0)
			break;
		done += (uint64_t)sent;
		if (*offset != FILE_OFFSET_OWN)
			*offset += sent;
		if (sent < got)
			break;
	}
	return done ? (long)done : r;
}

long sys_sendfile(struct thread *t, const uint64_t *a)
{
	struct file *out = fd_for_write(t, a[0]), *in = fd_for_read(t, a[1]);
	int64_t offset = FILE_OFFSET_OWN;
	long r = 0;

	if (!out || !in)
		r = -LX_EBADF;
	else if (!in->ops->seekable || !in->ops->lseek ||
		 (out->flags & LX_O_APPEND && out->ops->seekable))
		r = -LX_EINVAL;
	else if (a[2])
		r = user_get(t, &offset, a[2], sizeof(offset));
	if (r == 0 && a[2] && offset < 0)
		r = -LX_EINVAL;
	if (r == 0 && (int64_t)a[3] < 0)
		r = -LX_EINVAL;
	if (r == 0)
		r = send_file(t, out, in, &offset, MIN(a[3], (uint64_t)LX_RW_MAX));
	if (r > 0 && a[2] && user_put(t, a[2], &offset, sizeof(offset)) < 0)
		r = -LX_EFAULT;
	if (out)
		file_put(out);
	if (in)
		file_put(in);
	return r;
}
