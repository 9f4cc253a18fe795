/* SPDX-License-Identifier: BSD-2-Clause */
/* Buses in shared memory (rumpcomp_shmif.h): a file that is mapped, and watched by inotify. */
#include "hyp.h"

#include <errno.h>
#include <limits.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rumpcomp_shmif.h"

int rumpcomp_shmif_watchsetup(int *watchp, int fd)
{
	char path[32]; /* a link to the file itself, which may have lost its name */
	int watch = *watchp, error;

	if (watch < 0)
		watch = inotify_init1(IN_CLOEXEC);
	if (watch < 0)
		return errno_to_netbsd(errno);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (inotify_add_watch(watch, path, IN_MODIFY) < 0) {
		error = errno;
		if (*watchp < 0)
			close(watch);
		/* There is no such link. */
		return errno_to_netbsd(error == ENOENT ? EBADF : error);
	}
	*watchp = watch;
	return 0;
}

int rumpcomp_shmif_watchwait(int watch)
{
	/* As many events as there are: all mean the same. */
	char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	int nlocks, error = 0;

	hyp_leave(&nlocks, NULL);
	while (read(watch, events, sizeof(events)) < 0) {
		if (errno != EINTR) {
			error = errno;
			break;
		}
	}
	hyp_return(nlocks, NULL);
	return errno_to_netbsd(error);
}

int rumpcomp_shmif_mmap(int fd, size_t len_bytes, void **memp)
{
	struct stat st;
	void *mem;

	if (fstat(fd, &st) != 0)
		return errno_to_netbsd(errno);
	if ((size_t)st.st_size < len_bytes && ftruncate(fd, (off_t)len_bytes) != 0)
		return errno_to_netbsd(errno);
	mem = mmap(NULL, len_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED)
		return errno_to_netbsd(errno);
	*memp = mem;
	return 0;
}
