/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the host: descriptors are the process's. */
#include "hyp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <rump/errno.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int rumpuser_open(const char *path, int mode, int *fdp)
{
	static const int access_modes[] = {O_RDONLY, O_WRONLY, O_RDWR};
	int acc = mode & RUMPUSER_OPEN_ACCMODE, flags, nlocks, fd, error;

	if (acc == RUMPUSER_OPEN_ACCMODE)
		return RUMP_EINVAL;
	flags = access_modes[acc] | O_CLOEXEC;
	if (mode & RUMPUSER_OPEN_CREATE)
		flags |= O_CREAT;
	if (mode & RUMPUSER_OPEN_EXCL)
		flags |= O_EXCL;
	hyp_leave(&nlocks, NULL);
	fd = open(path, flags, 0644);
	error = fd < 0 ? errno_to_netbsd(errno) : 0;
	hyp_return(nlocks, NULL);
	if (error == 0)
		*fdp = fd;
	return error;
}

int rumpuser_close(int fd)
{
	int nlocks, error;

	hyp_leave(&nlocks, NULL);
	error = close(fd) != 0 ? errno_to_netbsd(errno) : 0;
	hyp_return(nlocks, NULL);
	return error;
}

static int blkdev_size(const char *path, uint64_t *sizep)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno_to_netbsd(errno);
	if (ioctl(fd, BLKGETSIZE64, sizep) != 0)
		error = errno_to_netbsd(errno);
	close(fd);
	return error;
}

int rumpuser_getfileinfo(const char *path, uint64_t *sizep, int *ftp)
{
	struct stat st;
	uint64_t size = 0;
	int nlocks, error = 0, ft = RUMPUSER_FT_OTHER;

	hyp_leave(&nlocks, NULL);
	if (stat(path, &st) != 0) {
		error = errno_to_netbsd(errno);
	} else {
		size = (uint64_t)st.st_size;
		switch (st.st_mode & S_IFMT) {
		case S_IFDIR:
			ft = RUMPUSER_FT_DIR;
			break;
		case S_IFREG:
			ft = RUMPUSER_FT_REG;
			break;
		case S_IFBLK:
			ft = RUMPUSER_FT_BLK;
			error = sizep != NULL ? blkdev_size(path, &size) : 0;
			break;
		case S_IFCHR:
			ft = RUMPUSER_FT_CHR;
			break;
		default:
			ft = RUMPUSER_FT_OTHER;
			break;
		}
	}
	hyp_return(nlocks, NULL);
	if (error == 0 && sizep != NULL)
		*sizep = size;
	if (error == 0 && ftp != NULL)
		*ftp = ft;
	return error;
}

_Static_assert(sizeof(struct rumpuser_iovec) == sizeof(struct iovec), "same iovec");

int rumpuser_iovread(int fd, struct rumpuser_iovec *iov, size_t iovlen, int64_t off, size_t *donep)
{
	int nlocks, error;
	ssize_t n;

	hyp_leave(&nlocks, NULL);
	n = off == RUMPUSER_IOV_NOSEEK ? readv(fd, (struct iovec *)iov, (int)iovlen)
				       : preadv(fd, (struct iovec *)iov, (int)iovlen, off);
	error = n < 0 ? errno_to_netbsd(errno) : 0;
	hyp_return(nlocks, NULL);
	*donep = n < 0 ? 0 : (size_t)n;
	return error;
}

int rumpuser_iovwrite(int fd, const struct rumpuser_iovec *iov, size_t iovlen, int64_t off,
		      size_t *donep)
{
	int nlocks, error;
	ssize_t n;

	hyp_leave(&nlocks, NULL);
	n = off == RUMPUSER_IOV_NOSEEK ? writev(fd, (const struct iovec *)iov, (int)iovlen)
				       : pwritev(fd, (const struct iovec *)iov, (int)iovlen, off);
	error = n < 0 ? errno_to_netbsd(errno) : 0;
	hyp_return(nlocks, NULL);
	*donep = n < 0 ? 0 : (size_t)n;
	return error;
}

/*
 * Requests of rumpuser_bio are carried out in any order, so ordering them means waiting for those
 * made before. A barrier is therefore complete when this returns, and a read after it sees the
 * writes.
 */
int rumpuser_syncfd(int fd, int flags, uint64_t start, uint64_t len)
{
	int nlocks, error = 0;

	(void)start;
	(void)len;
	if ((flags & RUMPUSER_SYNCFD_BOTH) == 0 ||
	    (flags & ~(RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_BARRIER | RUMPUSER_SYNCFD_SYNC)) != 0)
		return RUMP_EINVAL;
	if (fcntl(fd, F_GETFD) < 0)
		return errno_to_netbsd(errno);
	hyp_leave(&nlocks, NULL);
	bio_drain(fd);
	if (flags & RUMPUSER_SYNCFD_WRITE && fdatasync(fd) != 0)
		error = errno_to_netbsd(errno);
	hyp_return(nlocks, NULL);
	return error;
}
