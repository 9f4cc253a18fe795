/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rump kernel in a Linux process uses a virtio disk by the PCI hypercalls. It mounts the disk's
 * file system, compares a file with one of the host, and writes it backwards into another file, for
 * vfio.sh to check.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rump/rump.h>
#include <rump/rump_syscalls.h>

#define PART 65536

static void result(const char *name, bool good)
{
	if (good)
		printf("PASS %s\n", name);
	else
		printf("FAIL %s: errno %d\n", name, errno);
	fflush(stdout);
	if (!good)
		exit(1);
}

static char *host_file(const char *path, size_t *lenp)
{
	FILE *f = fopen(path, "rb");
	char *data = NULL;

	if (f == NULL)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0) {
		*lenp = (size_t)ftell(f);
		rewind(f);
		data = malloc(*lenp);
	}
	if (data != NULL && fread(data, 1, *lenp, f) != *lenp) {
		free(data);
		data = NULL;
	}
	fclose(f);
	return data;
}

static bool compare(const char *path, const char *data, size_t len)
{
	static char buf[PART];
	int fd = rump_sys_open(path, RUMP_O_RDONLY);
	ssize_t n = 0;
	size_t at = 0;

	if (fd < 0)
		return false;
	while (at < len && (n = rump_sys_read(fd, buf, sizeof(buf))) > 0) {
		if ((size_t)n > len - at || memcmp(buf, data + at, (size_t)n) != 0)
			return false;
		at += (size_t)n;
	}
	return at == len && rump_sys_read(fd, buf, 1) == 0 && rump_sys_close(fd) == 0;
}

static bool backwards(const char *path, const char *data, size_t len)
{
	char *copy = malloc(len);
	int fd = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_WRONLY, 0644);
	bool good;

	if (copy == NULL || fd < 0)
		return false;
	for (size_t i = 0; i < len; i++)
		copy[i] = data[len - 1 - i];
	good = rump_sys_write(fd, copy, len) == (ssize_t)len && rump_sys_fsync(fd) == 0 &&
	       rump_sys_close(fd) == 0;
	free(copy);
	return good;
}

int main(int argc, char **argv)
{
	char device[] = "/dev/ld0";
	struct rump_ufs_args args = {.fspec = device};
	size_t len = 0;
	char *data = argc > 1 ? host_file(argv[1], &len) : NULL;

	result("the rump kernel starts",
	       rump_init() == 0 && rump_pub_lwproc_rfork(RUMP_RFCFDG) == 0);
	result("the disk is mounted",
	       rump_sys_mkdir("/m", 0777) == 0 &&
		       rump_sys_mount("ext2fs", "/m", 0, &args, sizeof(args)) == 0);
	result("a file is read", data != NULL && compare("/m/data", data, len));
	result("a file is written", backwards("/m/copy", data, len));
	result("the disk is unmounted", rump_sys_unmount("/m", 0) == 0);
	free(data);
	return 0;
}
