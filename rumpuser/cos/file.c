/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the host: the blobs that the composition gave to this component, by name (a leading '/'
 * does not matter). A blob that is opened for writing gets a private copy in memory first, which
 * all later opens see, until the component ends: a RAM disk with contents. Its size is fixed.
 *
 * A file is made at its first open and stays; descriptors count from 0 and are used again.
 * file_mutex guards both tables; the bytes are the users' to order (as with any file), which is why
 * transfers hold no lock: contents are never moved once there is a private copy, and it is made
 * before a writer has its descriptor. A reader that still reads the image's own bytes at that
 * moment reads what the file held before.
 */
#include "file.h"

#include <cos/blob.h>
#include <cos/string.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

#define NAME_MAX 128
#define DESCRIPTORS_FIRST 16

struct file {
	struct file *next;
	uint8_t *data;
	size_t len;
	bool writable; /* data is a copy */
	char name[NAME_MAX];
};

struct descriptor {
	struct file *file; /* NULL: free */
	int mode;
	int64_t position;
};

static struct cos_mutex file_mutex;
static struct file *files;
static struct descriptor *descriptors;
static int ndescriptors;

/* The blob's name in a path; NULL: too long for one. */
static const char *blob_name(const char *path)
{
	while (*path == '/')
		path++;
	return strlen(path) < NAME_MAX ? path : NULL;
}

static int file_get(const char *path, struct file **found)
{
	const char *name = blob_name(path);
	const void *data;
	struct file *f;
	size_t len;

	if (!name)
		return RUMP_ENAMETOOLONG;
	for (f = files; f; f = f->next)
		if (strcmp(f->name, name) == 0) {
			*found = f;
			return 0;
		}
	data = cos_blob(name, &len);
	if (!data)
		return RUMP_ENOENT;
	f = arena_alloc(sizeof(*f), 16);
	if (!f)
		return RUMP_ENOMEM;
	*f = (struct file){.next = files, .data = (uint8_t *)(uintptr_t)data, .len = len};
	strlcpy(f->name, name, sizeof(f->name));
	files = f;
	*found = f;
	return 0;
}

static int file_make_writable(struct file *f)
{
	uint8_t *copy;

	if (f->writable || f->len == 0)
		return 0;
	copy = arena_alloc(f->len, 4096);
	if (!copy)
		return RUMP_ENOMEM;
	memcpy(copy, f->data, f->len);
	__atomic_store_n(&f->data, copy, __ATOMIC_RELEASE);
	f->writable = true;
	return 0;
}

static int descriptor_alloc(int *fdp)
{
	struct descriptor *longer;
	int n = ndescriptors ? 2 * ndescriptors : DESCRIPTORS_FIRST;

	for (int fd = 0; fd < ndescriptors; fd++)
		if (!descriptors[fd].file) {
			*fdp = fd;
			return 0;
		}
	longer = arena_alloc((size_t)n * sizeof(*longer), 16);
	if (!longer)
		return RUMP_EMFILE;
	memset(longer, 0, (size_t)n * sizeof(*longer));
	if (descriptors) {
		memcpy(longer, descriptors, (size_t)ndescriptors * sizeof(*longer));
		arena_free(descriptors, (size_t)ndescriptors * sizeof(*longer));
	}
	*fdp = ndescriptors;
	descriptors = longer;
	ndescriptors = n;
	return 0;
}

int rumpuser_open(const char *path, int mode, int *fdp)
{
	struct file *f = NULL;
	int error;

	cos_mutex_lock(&file_mutex);
	error = file_get(path, &f);
	/* What is not in the image cannot be made: there is nowhere to keep it. */
	if (error == RUMP_ENOENT && mode & RUMPUSER_OPEN_CREATE)
		error = RUMP_EROFS;
	else if (error == 0 && mode & RUMPUSER_OPEN_EXCL)
		error = RUMP_EEXIST;
	if (error == 0 && (mode & RUMPUSER_OPEN_ACCMODE) != RUMPUSER_OPEN_RDONLY)
		error = file_make_writable(f);
	if (error == 0)
		error = descriptor_alloc(fdp);
	if (error == 0)
		descriptors[*fdp] = (struct descriptor){.file = f, .mode = mode};
	cos_mutex_unlock(&file_mutex);
	return error;
}

int rumpuser_close(int fd)
{
	int error = RUMP_EBADF;

	cos_mutex_lock(&file_mutex);
	if (fd >= 0 && fd < ndescriptors && descriptors[fd].file) {
		descriptors[fd].file = NULL;
		error = 0;
	}
	cos_mutex_unlock(&file_mutex);
	return error;
}

int rumpuser_getfileinfo(const char *path, uint64_t *sizep, int *ftp)
{
	struct file *f = NULL;
	int error;

	cos_mutex_lock(&file_mutex);
	error = file_get(path, &f);
	cos_mutex_unlock(&file_mutex);
	if (error)
		return error;
	if (sizep)
		*sizep = f->len;
	if (ftp)
		*ftp = RUMPUSER_FT_REG;
	return 0;
}

/* The file of a descriptor that was opened so; *position: of the descriptor. */
static int descriptor_get(int fd, bool write, struct file **f, int64_t *position)
{
	int error = RUMP_EBADF, access;

	cos_mutex_lock(&file_mutex);
	if (fd >= 0 && fd < ndescriptors && descriptors[fd].file) {
		access = descriptors[fd].mode & RUMPUSER_OPEN_ACCMODE;
		if (access != (write ? RUMPUSER_OPEN_RDONLY : RUMPUSER_OPEN_WRONLY))
			error = 0;
		*f = descriptors[fd].file;
		*position = descriptors[fd].position;
	}
	cos_mutex_unlock(&file_mutex);
	return error;
}

static void descriptor_advance(int fd, size_t bytes)
{
	cos_mutex_lock(&file_mutex);
	if (fd < ndescriptors)
		descriptors[fd].position += (int64_t)bytes;
	cos_mutex_unlock(&file_mutex);
}

/* How many of len bytes at off the file has. */
static size_t file_extent(const struct file *f, int64_t off, size_t len)
{
	if ((uint64_t)off >= f->len)
		return 0;
	return len < f->len - (uint64_t)off ? len : f->len - (uint64_t)off;
}

int file_transfer(int fd, bool write, void *data, size_t len_bytes, int64_t off, size_t *donep)
{
	struct file *f = NULL;
	int64_t position;
	uint8_t *bytes;
	int error = descriptor_get(fd, write, &f, &position);

	*donep = 0;
	if (error)
		return error;
	if (off < 0)
		return RUMP_EINVAL;
	bytes = __atomic_load_n(&f->data, __ATOMIC_ACQUIRE);
	*donep = file_extent(f, off, len_bytes);
	if (write)
		memcpy(bytes + off, data, *donep);
	else
		memcpy(data, bytes + off, *donep);
	return write && *donep < len_bytes ? RUMP_ENOSPC : 0;
}

static int iov_transfer(int fd, bool write, const struct rumpuser_iovec *iov, size_t iovlen,
			int64_t off, size_t *donep)
{
	bool move = off == RUMPUSER_IOV_NOSEEK;
	struct file *f = NULL;
	int64_t position = 0;
	int error = descriptor_get(fd, write, &f, &position);

	*donep = 0;
	if (move)
		off = position;
	for (size_t i = 0; i < iovlen && error == 0; i++) {
		size_t done;

		error = file_transfer(fd, write, iov[i].iov_base, iov[i].iov_len, off, &done);
		off += (int64_t)done;
		*donep += done;
		if (done < iov[i].iov_len)
			break;
	}
	if (move)
		descriptor_advance(fd, *donep);
	/* What there was room for is written. */
	return error == RUMP_ENOSPC && *donep > 0 ? 0 : error;
}

int rumpuser_iovread(int fd, struct rumpuser_iovec *iov, size_t iovlen, int64_t off, size_t *donep)
{
	return iov_transfer(fd, false, iov, iovlen, off, donep);
}

int rumpuser_iovwrite(int fd, const struct rumpuser_iovec *iov, size_t iovlen, int64_t off,
		      size_t *donep)
{
	return iov_transfer(fd, true, iov, iovlen, off, donep);
}

/* Memory is as stable as this host gets, and transfers are in order. */
int rumpuser_syncfd(int fd, int flags, uint64_t start, uint64_t len)
{
	struct file *f = NULL;
	int64_t position;
	int error;

	(void)start;
	(void)len;
	if (!(flags & RUMPUSER_SYNCFD_BOTH) ||
	    flags & ~(RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_BARRIER | RUMPUSER_SYNCFD_SYNC))
		return RUMP_EINVAL;
	error = descriptor_get(fd, false, &f, &position);
	return f ? 0 : error;
}
