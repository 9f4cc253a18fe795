/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of host files. They count from 0 and are reused. file_mutex guards the list of files
 * and the descriptors; transfers hold no lock.
 */
#include "file.h"

#include <cos/string.h>
#include <rump/errno.h>

#include "alloc.h"
#include "bio.h"
#include "hyp.h"

#define DESCRIPTORS_FIRST 16
#define MODES \
	(RUMPUSER_OPEN_ACCMODE | RUMPUSER_OPEN_CREATE | RUMPUSER_OPEN_EXCL | RUMPUSER_OPEN_BIO)

struct descriptor {
	struct file *file; /* NULL: free */
	int mode;
	int64_t position;
};

static const struct {
	const char *prefix;
	int (*open)(const char *name, bool create, struct file **made);
} kinds[] = {
	{"ram:", ram_file_open},
	{"block:", block_file_open},
	{"bus:", bus_file_open},
	{"", blob_file_open},
};

static struct cos_mutex file_mutex;
static struct file *files;
static struct descriptor *descriptors;
static int ndescriptors;

/* Under file_mutex. *isnew: the file was made by this call. */
static int file_get(const char *path, bool create, struct file **found, bool *isnew)
{
	size_t kind = 0;
	struct file *f;
	int error;

	while (*path == '/')
		path++;
	if (*path == '\0')
		return RUMP_ENOENT;
	if (strlen(path) >= FILE_NAME_MAX)
		return RUMP_ENAMETOOLONG;
	*isnew = false;
	for (*found = files; *found; *found = (*found)->next)
		if (strcmp((*found)->path, path) == 0)
			return 0;
	while (strncmp(path, kinds[kind].prefix, strlen(kinds[kind].prefix)) != 0)
		kind++;
	error = kinds[kind].open(path + strlen(kinds[kind].prefix), false, &f);
	if (error == RUMP_ENOENT && create) {
		*isnew = true;
		error = kinds[kind].open(path + strlen(kinds[kind].prefix), true, &f);
	}
	if (error)
		return error;
	strlcpy(f->path, path, sizeof(f->path));
	f->next = files;
	files = f;
	*found = f;
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
	bool create = mode & RUMPUSER_OPEN_CREATE, isnew = false;
	struct file *f = NULL;
	int error, nlocks;

	if (mode & ~MODES || (mode & RUMPUSER_OPEN_ACCMODE) == RUMPUSER_OPEN_ACCMODE)
		return RUMP_EINVAL;
	hyp_leave(&nlocks, NULL); /* asks another component for the size of a disk */
	cos_mutex_lock(&file_mutex);
	error = file_get(path, create, &f, &isnew);
	if (error == 0 && create && mode & RUMPUSER_OPEN_EXCL && !isnew)
		error = RUMP_EEXIST;
	if (error == 0)
		error = descriptor_alloc(fdp);
	if (error == 0)
		descriptors[*fdp] = (struct descriptor){.file = f, .mode = mode};
	cos_mutex_unlock(&file_mutex);
	hyp_return(nlocks, NULL);
	return error;
}

int file_describe(struct file *f, int *fdp)
{
	int error;

	cos_mutex_lock(&file_mutex);
	error = descriptor_alloc(fdp);
	if (error == 0)
		descriptors[*fdp] = (struct descriptor){.file = f, .mode = RUMPUSER_OPEN_RDONLY};
	cos_mutex_unlock(&file_mutex);
	return error;
}

int rumpuser_close(int fd)
{
	struct file *f = NULL;

	cos_mutex_lock(&file_mutex);
	if (fd >= 0 && fd < ndescriptors) {
		f = descriptors[fd].file;
		descriptors[fd].file = NULL;
	}
	cos_mutex_unlock(&file_mutex);
	if (f && f->ops->closed)
		f->ops->closed(f);
	return f ? 0 : RUMP_EBADF;
}

int rumpuser_getfileinfo(const char *path, uint64_t *sizep, int *ftp)
{
	struct file *f = NULL;
	int error, nlocks;
	bool isnew;

	hyp_leave(&nlocks, NULL);
	cos_mutex_lock(&file_mutex);
	error = file_get(path, false, &f, &isnew);
	cos_mutex_unlock(&file_mutex);
	hyp_return(nlocks, NULL);
	if (error)
		return error;
	if (sizep)
		*sizep = f->ops->size(f);
	if (ftp)
		*ftp = f->type;
	return 0;
}

/* Under file_mutex. */
static struct descriptor *descriptor_get(int fd, bool write)
{
	struct descriptor *d = fd >= 0 && fd < ndescriptors ? &descriptors[fd] : NULL;
	int not_so = write ? RUMPUSER_OPEN_RDONLY : RUMPUSER_OPEN_WRONLY;

	return d && d->file && (d->mode & RUMPUSER_OPEN_ACCMODE) != not_so ? d : NULL;
}

int file_of(int fd, bool write, struct file **f)
{
	const struct descriptor *d;

	cos_mutex_lock(&file_mutex);
	d = descriptor_get(fd, write);
	*f = d ? d->file : NULL;
	cos_mutex_unlock(&file_mutex);
	return *f ? 0 : RUMP_EBADF;
}

static void position_move(int fd, bool write, int64_t bytes, int64_t *was)
{
	struct descriptor *d;

	cos_mutex_lock(&file_mutex);
	d = descriptor_get(fd, write);
	if (d) {
		*was = d->position;
		d->position += bytes;
	}
	cos_mutex_unlock(&file_mutex);
}

static int iov_transfer(int fd, bool write, const struct rumpuser_iovec *iov, size_t iovlen,
			int64_t off, size_t *donep)
{
	bool move = off == RUMPUSER_IOV_NOSEEK;
	struct file *f;
	int error = file_of(fd, write, &f), nlocks;

	*donep = 0;
	if (error)
		return error;
	if (move)
		position_move(fd, write, 0, &off);
	if (off < 0)
		return RUMP_EINVAL;
	hyp_leave(&nlocks, NULL);
	for (size_t i = 0; i < iovlen && error == 0; i++) {
		uint64_t at = (uint64_t)off + *donep;
		size_t done;

		bio_settle(f, write, at, iov[i].iov_len);
		error = f->ops->transfer(f, write, iov[i].iov_base, iov[i].iov_len, at, false,
					 &done);
		*donep += done;
		if (done < iov[i].iov_len)
			break;
	}
	hyp_return(nlocks, NULL);
	if (move)
		position_move(fd, write, (int64_t)*donep, &off);
	/* A short write is no error: what there was room for has been written. */
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
