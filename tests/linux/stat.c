/* SPDX-License-Identifier: BSD-2-Clause */
/* What stat, lstat, fstat and fstatat say, and what chmod, umask and utimensat change. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "show.h"

static void stat_show(const char *name, int flags)
{
	struct stat st;

	if (fstatat(AT_FDCWD, name, &st, flags) != 0) {
		SAY("%s: errno %d", name, errno);
		return;
	}
	SAY("%s: mode %o links %lu uid %u gid %u size %lld", name, st.st_mode,
	    S_ISDIR(st.st_mode) ? 0 : (unsigned long)st.st_nlink, st.st_uid, st.st_gid,
	    S_ISDIR(st.st_mode) ? 0 : (long long)st.st_size);
}

int main(void)
{
	struct stat st, other;

	umask(022);
	int fd = (int)CALL_OK(open("f", O_RDWR | O_CREAT, 0666));
	stat_show("f", 0);
	CALL(umask(077));
	CALL_OK(open("g", O_RDWR | O_CREAT, 0666));
	stat_show("g", 0);
	CALL(umask(022));
	CALL(mkdir("d", 0777));
	stat_show("d", 0);
	CALL(chmod("f", 04751));
	stat_show("f", 0);
	CALL(fchmod(fd, 0600));
	stat_show("f", 0);
	CALL(fchmodat(AT_FDCWD, "d", 0700, 0));
	stat_show("d", 0);
	CALL(symlink("f", "s"));
	stat_show("s", 0);
	stat_show("s", AT_SYMLINK_NOFOLLOW);
	CALL(symlink("nowhere", "dangling"));
	stat_show("dangling", 0);
	stat_show("dangling", AT_SYMLINK_NOFOLLOW);
	CALL(link("f", "h"));
	stat_show("h", 0);
	stat("f", &st);
	stat("h", &other);
	CHECK(st.st_ino == other.st_ino && st.st_dev == other.st_dev);
	CALL(chown("f", 12, 34));
	stat_show("f", 0);
	CALL(fchown(fd, 56, -1));
	stat_show("f", 0);
	CALL(lchown("s", 7, 8));
	stat_show("s", AT_SYMLINK_NOFOLLOW);

	struct timespec times[2] = {{1000000000, 0}, {1234567890, 0}};
	CALL(utimensat(AT_FDCWD, "f", times, 0));
	stat("f", &st);
	SAY("atime %ld mtime %ld", (long)st.st_atime, (long)st.st_mtime);
	times[0].tv_nsec = UTIME_OMIT;
	times[1].tv_sec = 2000000000;
	CALL(futimens(fd, times));
	fstat(fd, &st);
	SAY("atime %ld mtime %ld", (long)st.st_atime, (long)st.st_mtime);
	times[1].tv_nsec = 1000000000;
	CALL(futimens(fd, times));
	CALL(fstat(99, &st));
	CALL(stat("f/x", &st));

	CALL(stat("/dev/null", &st));
	SAY("null: %d %u,%u", S_ISCHR(st.st_mode), major(st.st_rdev), minor(st.st_rdev));
	fstat(fd, &st);
	CHECK(st.st_blksize >= 512);
	CALL(ftruncate(fd, 100000));
	fstat(fd, &st);
	SAY("sparse: size %ld, blocks %ld", (long)st.st_size, (long)st.st_blocks);
	CALL(fstatat(fd, "", &st, AT_EMPTY_PATH));
	CALL(access("f", R_OK | W_OK));
	CALL(access("f", X_OK));
	CALL(access("none", F_OK));
	CALL(faccessat(AT_FDCWD, "d", X_OK, 0));
	return 0;
}
