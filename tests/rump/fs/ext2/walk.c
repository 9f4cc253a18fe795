/* SPDX-License-Identifier: BSD-2-Clause */
/* Use of a file system that may be damaged (walk.h). */
#include <stdio.h>
#include <string.h>

#include <rump/rump_syscalls.h>

#include "walk.h"

#define MAX_DEPTH 6
#define MAX_VISITS 200
#define MAX_READ 400000

static unsigned visits;

static void read_file(const char *path)
{
	static char buf[65536];
	int fd = rump_sys_open(path, RUMP_O_RDONLY | RUMP_O_NONBLOCK);
	rump_off_t off;

	if (fd < 0)
		return;
	for (unsigned n = 0; n < MAX_READ; n += sizeof(buf))
		if (rump_sys_read(fd, buf, sizeof(buf)) <= 0)
			break;
	/* and at places where other indirect blocks are used */
	for (off = 65536; off > 0 && off < (rump_off_t)1 << 45; off *= 7)
		rump_sys_pread(fd, buf, 5000, off);
	rump_sys_lseek(fd, 0, RUMP_SEEK_HOLE);
	rump_sys_close(fd);
}

static void walk(const char *dir, unsigned depth)
{
	char ents[2048], path[1500], target[1100];
	struct rump_stat st;
	int fd = rump_sys_open(dir, RUMP_O_RDONLY);

	if (fd < 0)
		return;
	while (visits < MAX_VISITS) {
		int n = rump_sys_getdents(fd, ents, sizeof(ents));

		if (n <= 0)
			break;
		for (int at = 0; at < n && visits < MAX_VISITS;) {
			struct rump_dirent *d = (struct rump_dirent *)(ents + at);

			at += d->d_reclen;
			if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
			    strlen(dir) + d->d_namlen + 2 > sizeof(path))
				continue;
			visits++;
			snprintf(path, sizeof(path), "%s/%s", dir, d->d_name);
			if (rump_sys_lstat(path, &st) != 0)
				continue;
			rump_sys_readlink(path, target, sizeof(target));
			if ((st.st_mode & RUMP_S_IFMT) == RUMP_S_IFREG)
				read_file(path);
			if ((st.st_mode & RUMP_S_IFMT) == RUMP_S_IFDIR && depth < MAX_DEPTH)
				walk(path, depth + 1);
		}
	}
	rump_sys_close(fd);
}

void walk_read(const char *dir)
{
	visits = 0;
	walk(dir, 0);
}

void walk_change(void)
{
	static char buf[30000];
	struct rump_statvfs sv;
	int fd;

	rump_sys_mkdir("new", 0755);
	rump_sys_mkdir("dir/new", 0755);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const names[] = {"new/f", "dir/g", "h"};

		fd = rump_sys_open(names[i], RUMP_O_CREAT | RUMP_O_RDWR, 0644);
		if (fd < 0)
			continue;
		rump_sys_write(fd, buf, sizeof(buf));
		rump_sys_pwrite(fd, buf, 2000, 500000);
		rump_sys_fsync(fd);
		rump_sys_close(fd);
	}
	rump_sys_symlink("a target that is longer than sixty bytes and so gets a block of its own",
			 "dir/slow");
	fd = rump_sys_open("dir/big", RUMP_O_RDWR);
	if (fd >= 0) {
		rump_sys_pwrite(fd, buf, 20000, 300000);
		rump_sys_ftruncate(fd, 100000);
		rump_sys_ftruncate(fd, 13000);
		rump_sys_close(fd);
	}
	rump_sys_statvfs1("/m", &sv, RUMP_ST_WAIT);
	rump_sys_link("dir/hard", "new/link");
	rump_sys_rename("dir/sub", "new/sub");
	rump_sys_rename("new", "dir/sub2");
	rump_sys_rename("h", "dir/small");
	rump_sys_chmod("dir/small", 0600);
	rump_sys_unlink("dir/big");
	rump_sys_unlink("dir/hard");
	rump_sys_unlink("dir/longlink");
	rump_sys_unlink("dir/link");
	rump_sys_unlink("huge");
	rump_sys_rmdir("dir/sub2/sub");
	rump_sys_rmdir("dir/sub");
	rump_sys_sync();
}
