/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and names through the system calls, on tmpfs, from one thread and from several. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rump/errno.h>
#include <rump/rump.h>
#include <rump/rump_syscalls.h>

#define THREADS 4

#define assert_fails(call, error)                      \
	do {                                           \
		assert_int_equal((call), -1);          \
		assert_int_equal(errno, RUMP_##error); \
	} while (0)
#define assert_ok(call) assert_int_equal((call), 0)

static int make_file(const char *path, const char *text)
{
	int fd = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_TRUNC | RUMP_O_RDWR, 0644);

	assert_true(fd >= 0);
	assert_int_equal(rump_sys_write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static void put_file(const char *path, const char *text)
{
	assert_ok(rump_sys_close(make_file(path, text)));
}

/* Each test works in a new file system on /t, as a process of its own. */
static int setup(void **state)
{
	struct rump_tmpfs_args args = {.ta_version = RUMP_TMPFS_ARGS_VERSION, .ta_root_mode = 0777};

	(void)state;
	if (rump_init() != 0 || rump_pub_lwproc_rfork(RUMP_RFCFDG) != 0)
		return -1;
	if (rump_sys_mkdir("/t", 0777) != 0 && errno != RUMP_EEXIST)
		return -1;
	return rump_sys_mount("tmpfs", "/t", 0, &args, sizeof(args)) | rump_sys_chdir("/t");
}

static int teardown(void **state)
{
	(void)state;
	rump_sys_fcntl(0, RUMP_F_CLOSEM, NULL);
	rump_pub_lwproc_releaselwp();
	return rump_sys_unmount("/t", 0); /* fails if a reference leaked */
}

static void test_open_flags(void **state)
{
	struct rump_stat st;
	int fd;

	(void)state;
	assert_fails(rump_sys_open("no", RUMP_O_RDONLY), ENOENT);
	put_file("f", "data");
	assert_fails(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0600), EEXIST);
	assert_fails(rump_sys_open("f", RUMP_O_DIRECTORY), ENOTDIR);
	assert_fails(rump_sys_open("f/x", RUMP_O_RDONLY), ENOTDIR);
	assert_fails(rump_sys_open(".", RUMP_O_RDWR), EISDIR);
	assert_fails(rump_sys_open("new/", RUMP_O_CREAT | RUMP_O_RDWR, 0600), EISDIR);
	assert_ok(rump_sys_symlink("f", "l"));
	assert_fails(rump_sys_open("l", RUMP_O_NOFOLLOW), ELOOP);
	assert_ok(rump_sys_symlink("made", "dangling"));
	assert_fails(rump_sys_open("dangling", RUMP_O_CREAT | RUMP_O_EXCL, 0600), EEXIST);
	fd = rump_sys_open("dangling", RUMP_O_CREAT | RUMP_O_RDWR, 0600);
	assert_true(fd >= 0);
	assert_ok(rump_sys_lstat("made", &st));
	assert_int_equal(st.st_mode, RUMP_S_IFREG | 0600);
	fd = rump_sys_open("l", RUMP_O_WRONLY | RUMP_O_TRUNC);
	assert_true(fd >= 0);
	assert_ok(rump_sys_stat("f", &st));
	assert_int_equal(st.st_size, 0);
	assert_fails(rump_sys_read(fd, &st, 1), EBADF);
	assert_int_equal(rump_sys_fcntl(fd, RUMP_F_GETFL), RUMP_O_WRONLY);
	assert_fails(rump_sys_open(NULL, 0), EFAULT);
	assert_fails(rump_sys_open("", 0), ENOENT);
}

static void test_read_write(void **state)
{
	struct rump_iovec iov[2] = {{"abc", 3}, {"defg", 4}};
	struct rump_stat st;
	char buf[64] = {0};
	int fd = make_file("f", "0123456789");

	(void)state;
	assert_int_equal(rump_sys_pread(fd, buf, 4, 3), 4);
	assert_memory_equal(buf, "3456", 4);
	assert_int_equal(rump_sys_pread(fd, buf, 4, 100), 0);
	assert_fails(rump_sys_pread(fd, buf, 4, -1), EINVAL);
	assert_int_equal(rump_sys_lseek(fd, -3, RUMP_SEEK_END), 7);
	assert_int_equal(rump_sys_writev(fd, iov, 2), 7);
	assert_int_equal(rump_sys_pread(fd, buf, sizeof(buf), 0), 14);
	assert_memory_equal(buf, "0123456abcdefg", 14);
	assert_fails(rump_sys_lseek(fd, -1, RUMP_SEEK_SET), EINVAL);
	/* A hole, and finding it. */
	assert_int_equal(rump_sys_pwrite(fd, "x", 1, 1 << 20), 1);
	assert_ok(rump_sys_fstat(fd, &st));
	assert_int_equal(st.st_size, (1 << 20) + 1);
	assert_int_equal(st.st_blocks, 16);
	assert_int_equal(rump_sys_lseek(fd, 0, RUMP_SEEK_HOLE), 4096);
	assert_int_equal(rump_sys_lseek(fd, 4096, RUMP_SEEK_DATA), 1 << 20);
	assert_fails(rump_sys_lseek(fd, 2 << 20, RUMP_SEEK_DATA), ENXIO);
	/* Data that truncation cut off reads as zeros when the file grows again. */
	assert_ok(rump_sys_ftruncate(fd, 5));
	assert_ok(rump_sys_ftruncate(fd, 10));
	assert_int_equal(rump_sys_pread(fd, buf, sizeof(buf), 0), 10);
	assert_memory_equal(buf, "01234\0\0\0\0\0", 10);
	assert_fails(rump_sys_ftruncate(fd, -1), EINVAL);
	assert_fails(rump_sys_close(99), EBADF);
}

static void test_unlinked_open(void **state)
{
	struct rump_stat st;
	char c;
	int fd = make_file("f", "x");

	(void)state;
	assert_ok(rump_sys_unlink("f"));
	assert_fails(rump_sys_stat("f", &st), ENOENT);
	assert_ok(rump_sys_fstat(fd, &st));
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(rump_sys_pread(fd, &c, 1, 0), 1);
	put_file("f", "other");
	assert_int_equal(rump_sys_pread(fd, &c, 1, 0), 1);
	assert_int_equal(c, 'x');
}

static void test_directories(void **state)
{
	struct rump_stat st;
	char buf[RUMP_PATH_MAX], tiny[8];
	int fd;

	(void)state;
	assert_ok(rump_sys_mkdir("d", 0755));
	assert_fails(rump_sys_mkdir("d", 0755), EEXIST);
	assert_ok(rump_sys_mkdir("d/e", 0755));
	assert_ok(rump_sys_stat("d", &st));
	assert_int_equal(st.st_nlink, 3);
	assert_fails(rump_sys_rmdir("d"), ENOTEMPTY);
	assert_fails(rump_sys_unlink("d"), EPERM);
	assert_fails(rump_sys_rmdir("."), EINVAL);
	assert_ok(rump_sys_chdir("d/e"));
	assert_true(rump_sys___getcwd(buf, sizeof(buf)) > 0);
	assert_string_equal(buf, "/t/d/e");
	assert_fails(rump_sys___getcwd(tiny, 4), ERANGE);
	fd = rump_sys_open(".", RUMP_O_RDONLY);
	assert_fails(rump_sys_getdents(fd, tiny, sizeof(tiny)), EINVAL);
	/* In a working directory that was removed nothing can be made. */
	assert_ok(rump_sys_rmdir("/t/d/e"));
	assert_fails(rump_sys_open("x", RUMP_O_CREAT | RUMP_O_RDWR, 0600), ENOENT);
	assert_int_equal(rump_sys_getdents(fd, buf, sizeof(buf)), 0);
	assert_ok(rump_sys_chdir("/t"));
	/* Below a root of the process's own. */
	put_file("d/in", "");
	assert_ok(rump_sys_chroot("/t/d"));
	assert_ok(rump_sys_stat("/in", &st));
	assert_ok(rump_sys_stat("/../../in", &st));
	assert_ok(rump_sys_chdir("/"));
	assert_true(rump_sys___getcwd(buf, sizeof(buf)) > 0);
	assert_string_equal(buf, "/");
}

static void test_getdents_many(void **state)
{
	enum { FILES = 1000 };
	static bool seen[FILES];
	char buf[700], name[32];
	int fd, found = 0;
	long n;

	(void)state;
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "file%d", i);
		put_file(name, "");
	}
	fd = rump_sys_open(".", RUMP_O_RDONLY);
	while ((n = rump_sys_getdents(fd, buf, sizeof(buf))) > 0)
		for (long off = 0; off < n;) {
			struct rump_dirent *d = (struct rump_dirent *)(buf + off);
			int i;

			off += d->d_reclen;
			if (sscanf(d->d_name, "file%d", &i) != 1)
				continue;
			assert_false(seen[i]);
			seen[i] = true;
			found++;
			/* Removing while reading must not hide other entries. */
			assert_ok(rump_sys_unlink(d->d_name));
		}
	assert_int_equal(n, 0);
	assert_int_equal(found, FILES);
}

static void test_rename(void **state)
{
	struct rump_stat a, b;

	(void)state;
	assert_ok(rump_sys_mkdir("d", 0755));
	assert_ok(rump_sys_mkdir("d/sub", 0755));
	assert_ok(rump_sys_mkdir("empty", 0755));
	put_file("f", "1");
	put_file("g", "22");
	assert_fails(rump_sys_rename("d", "d/sub/x"), EINVAL);
	assert_fails(rump_sys_rename("d", "d/sub"), EINVAL);
	assert_fails(rump_sys_rename("f", "d"), EISDIR);
	assert_fails(rump_sys_rename("d", "f"), ENOTDIR);
	assert_fails(rump_sys_rename("empty", "d"), ENOTEMPTY);
	assert_fails(rump_sys_rename("d/sub", "d/.."), EINVAL);
	assert_fails(rump_sys_rename("no", "f"), ENOENT);
	assert_fails(rump_sys_rename("f", "/other"), EXDEV);
	assert_ok(rump_sys_stat("f", &a));
	assert_ok(rump_sys_rename("f", "g"));
	assert_ok(rump_sys_stat("g", &b));
	assert_int_equal(a.st_ino, b.st_ino);
	assert_fails(rump_sys_stat("f", &b), ENOENT);
	assert_ok(rump_sys_rename("d/sub", "empty"));
	assert_ok(rump_sys_rename("empty", "d/moved"));
	assert_ok(rump_sys_stat("d", &a));
	assert_ok(rump_sys_stat("d/moved/..", &b));
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(a.st_nlink, 3);
	/* Two names of one file: nothing happens. */
	assert_ok(rump_sys_link("g", "h"));
	assert_ok(rump_sys_rename("g", "h"));
	assert_ok(rump_sys_stat("g", &a));
	assert_int_equal(a.st_nlink, 2);
	assert_fails(rump_sys_link("d", "dd"), EPERM);
}

static void test_path_limits(void **state)
{
	char name[RUMP_PATH_MAX + 8];
	struct rump_stat st;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	put_file(name, "");
	name[255] = 'n';
	name[256] = '\0';
	assert_fails(rump_sys_stat(name, &st), ENAMETOOLONG);
	for (size_t i = 0; i < sizeof(name) - 1; i++)
		name[i] = i % 2 ? '/' : '.';
	name[RUMP_PATH_MAX] = '\0';
	assert_fails(rump_sys_stat(name, &st), ENAMETOOLONG);
	name[RUMP_PATH_MAX - 1] = '\0';
	assert_ok(rump_sys_stat(name, &st));
	assert_ok(rump_sys_symlink("loop2", "loop1"));
	assert_ok(rump_sys_symlink("loop1", "loop2"));
	assert_fails(rump_sys_stat("loop1", &st), ELOOP);
	assert_ok(rump_sys_lstat("loop1", &st));
	assert_int_equal(rump_sys_readlink("loop1", name, 3), 3);
	assert_memory_equal(name, "loo", 3);
}

static void test_permissions(void **state)
{
	struct rump_stat st;
	int fd;

	(void)state;
	assert_ok(rump_sys_mkdir("private", 0700));
	put_file("private/f", "");
	put_file("root", "");
	assert_ok(rump_sys_chmod("root", 04644));
	assert_ok(rump_sys_mkdir("sticky", 0777));
	assert_ok(rump_sys_chmod("sticky", 01777));
	put_file("sticky/f", "");
	assert_ok(rump_sys_setgid(100));
	assert_ok(rump_sys_setuid(100));
	assert_fails(rump_sys_stat("private/f", &st), EACCES);
	assert_fails(rump_sys_open("root", RUMP_O_RDWR), EACCES);
	assert_fails(rump_sys_chmod("root", 0666), EPERM);
	assert_fails(rump_sys_chown("root", 100, 100), EPERM);
	assert_fails(rump_sys_unlink("sticky/f"), EPERM);
	assert_fails(rump_sys_access("root", RUMP_W_OK), EACCES);
	assert_ok(rump_sys_access("root", RUMP_R_OK));
	assert_fails(rump_sys_utimensat(RUMP_AT_FDCWD, "root", NULL, 0), EACCES);
	assert_fails(rump_sys_mknod("dev", RUMP_S_IFBLK | 0600, 0), EPERM);
	assert_fails(rump_sys_mount("tmpfs", "/t", 0, NULL, 0), EPERM);
	assert_fails(rump_sys_setuid(0), EPERM);
	/* A write clears the set-id bit. */
	fd = make_file("mine", "");
	assert_ok(rump_sys_fchmod(fd, 04755));
	assert_int_equal(rump_sys_write(fd, "x", 1), 1);
	assert_ok(rump_sys_fstat(fd, &st));
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(st.st_uid, 100);
	assert_int_equal(rump_sys_umask(077), 022);
	make_file("masked", "");
	assert_ok(rump_sys_stat("masked", &st));
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_times(void **state)
{
	struct rump_timespec ts[2] = {{1000, 5}, {2000, RUMP_UTIME_OMIT}};
	struct rump_stat before, st;

	(void)state;
	put_file("f", "");
	assert_ok(rump_sys_stat("f", &before));
	assert_ok(rump_sys_utimensat(RUMP_AT_FDCWD, "f", ts, 0));
	assert_ok(rump_sys_stat("f", &st));
	assert_int_equal(st.st_atim.tv_sec, 1000);
	assert_int_equal(st.st_atim.tv_nsec, 5);
	assert_int_equal(st.st_mtim.tv_sec, before.st_mtim.tv_sec);
	ts[1].tv_nsec = 1000000000;
	assert_fails(rump_sys_utimensat(RUMP_AT_FDCWD, "f", ts, 0), EINVAL);
}

static void test_locks(void **state)
{
	struct rump_flock fl = {.l_type = RUMP_F_WRLCK, .l_start = 10, .l_len = 20};
	struct lwp *one = rump_pub_lwproc_curlwp();
	int fd = make_file("f", ""), pid = rump_sys_getpid(), fd2;

	(void)state;
	assert_ok(rump_sys_fcntl(fd, RUMP_F_SETLK, &fl));
	fl = (struct rump_flock){.l_type = RUMP_F_UNLCK, .l_start = 15, .l_len = 5};
	assert_ok(rump_sys_fcntl(fd, RUMP_F_SETLK, &fl));
	assert_ok(rump_sys_flock(fd, RUMP_LOCK_EX));

	assert_ok(rump_pub_lwproc_rfork(RUMP_RFFDG));
	fl = (struct rump_flock){.l_type = RUMP_F_RDLCK, .l_start = 0, .l_len = 0};
	assert_ok(rump_sys_fcntl(fd, RUMP_F_GETLK, &fl));
	assert_int_equal(fl.l_type, RUMP_F_WRLCK);
	assert_int_equal(fl.l_pid, pid);
	assert_int_equal(fl.l_start, 10);
	assert_int_equal(fl.l_len, 5);
	fl = (struct rump_flock){.l_type = RUMP_F_WRLCK, .l_start = 15, .l_len = 5};
	assert_ok(rump_sys_fcntl(fd, RUMP_F_SETLK, &fl));
	fl.l_len = 6;
	assert_fails(rump_sys_fcntl(fd, RUMP_F_SETLK, &fl), EAGAIN);
	fd2 = rump_sys_open("f", RUMP_O_RDWR);
	assert_fails(rump_sys_flock(fd2, RUMP_LOCK_SH | RUMP_LOCK_NB), EAGAIN);
	/*
	 * The inherited descriptor is the same open file: it has the lock, and unlocking it unlocks
	 * for all.
	 */
	assert_ok(rump_sys_flock(fd, RUMP_LOCK_UN));
	assert_ok(rump_sys_flock(fd2, RUMP_LOCK_SH | RUMP_LOCK_NB));
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(one);
	/* The other process's locks ended with it. */
	fl = (struct rump_flock){.l_type = RUMP_F_WRLCK};
	assert_ok(rump_sys_fcntl(fd, RUMP_F_SETLK, &fl));
}

static void test_nospace(void **state)
{
	struct rump_tmpfs_args args = {.ta_version = RUMP_TMPFS_ARGS_VERSION,
				       .ta_root_mode = 0777,
				       .ta_size_max = 65536,
				       .ta_nodes_max = 4};
	static char block[100000];
	struct rump_statvfs *sb = test_malloc(sizeof(*sb));
	int fd;

	(void)state;
	assert_ok(rump_sys_mkdir("small", 0755));
	assert_ok(rump_sys_mount("tmpfs", "/t/small", 0, &args, sizeof(args)));
	fd = rump_sys_open("small/f", RUMP_O_CREAT | RUMP_O_RDWR, 0600);
	assert_int_equal(rump_sys_write(fd, block, sizeof(block)), 65536);
	assert_fails(rump_sys_write(fd, block, 1), ENOSPC);
	assert_int_equal(rump_sys_pwrite(fd, block, 100, 0), 100);
	assert_ok(rump_sys_fstatvfs1(fd, sb, 0));
	assert_int_equal(sb->f_bfree, 0);
	assert_string_equal(sb->f_mntonname, "/t/small");
	test_free(sb);
	assert_ok(rump_sys_ftruncate(fd, 0));
	assert_int_equal(rump_sys_pwrite(fd, block, 4096, 0), 4096);
	assert_ok(rump_sys_mkdir("small/1", 0755));
	assert_ok(rump_sys_mkdir("small/2", 0755));
	assert_fails(rump_sys_mkdir("small/3", 0755), ENOSPC);
	assert_fails(rump_sys_rmdir("small"), EBUSY);
	assert_fails(rump_sys_unmount("/t/small", 0), EBUSY);
	assert_ok(rump_sys_close(fd));
	assert_ok(rump_sys_unmount("/t/small", 0));
}

static void test_readonly(void **state)
{
	struct rump_tmpfs_args args = {.ta_version = RUMP_TMPFS_ARGS_VERSION, .ta_root_mode = 0777};
	int fd = make_file("f", "x");

	(void)state;
	assert_ok(rump_sys_mount("tmpfs", "/t", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY, &args,
				 sizeof(args)));
	assert_fails(rump_sys_write(fd, "y", 1), EROFS);
	assert_fails(rump_sys_open("f", RUMP_O_RDWR), EROFS);
	assert_fails(rump_sys_open("g", RUMP_O_CREAT | RUMP_O_RDONLY, 0600), EROFS);
	assert_fails(rump_sys_unlink("f"), EROFS);
	assert_fails(rump_sys_rename("f", "g"), EROFS);
	assert_fails(rump_sys_mkdir("d", 0755), EROFS);
}

/* Several threads at once. */

static int pid;

static void run_threads(void *(*fn)(void *))
{
	pthread_t threads[THREADS];

	pid = rump_sys_getpid();
	for (intptr_t i = 0; i < THREADS; i++)
		assert_ok(pthread_create(&threads[i], NULL, fn, (void *)i));
	for (int i = 0; i < THREADS; i++) {
		void *failed;

		assert_ok(pthread_join(threads[i], &failed));
		assert_null(failed);
	}
}

#define THREAD_CHECK(cond)                                                                   \
	do {                                                                                 \
		if (!(cond)) {                                                               \
			fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #cond, \
				errno);                                                      \
			return (void *)1;                                                    \
		}                                                                            \
	} while (0)

static void *append_thread(void *arg)
{
	char record[64];
	int fd;

	THREAD_CHECK(rump_pub_lwproc_newlwp(pid) == 0);
	memset(record, 'A' + (int)(intptr_t)arg, sizeof(record));
	fd = rump_sys_open("log", RUMP_O_WRONLY | RUMP_O_APPEND);
	THREAD_CHECK(fd >= 0);
	for (int i = 0; i < 500; i++)
		THREAD_CHECK(rump_sys_write(fd, record, sizeof(record)) == sizeof(record));
	THREAD_CHECK(rump_sys_close(fd) == 0);
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void test_append_atomic(void **state)
{
	int fd = make_file("log", ""), count[THREADS] = {0};
	char record[64];

	(void)state;
	run_threads(append_thread);
	while (rump_sys_read(fd, record, sizeof(record)) == sizeof(record)) {
		for (size_t i = 1; i < sizeof(record); i++)
			assert_int_equal(record[i], record[0]);
		count[record[0] - 'A']++;
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(count[i], 500);
}

/*
 * Directories are moved into each other, made and removed, all at once: no deadlock, and none is
 * lost (rename.c, I3 to I5).
 */
static void *rename_thread(void *arg)
{
	static const char *const names[] = {"a", "b", "a/x", "b/x", "a/x/y", "b/x/y", "a/y", "b/y"};
	unsigned seed = (unsigned)(intptr_t)arg * 7919 + 1;
	struct rump_stat st;

	THREAD_CHECK(rump_pub_lwproc_newlwp(pid) == 0);
	for (int i = 0; i < 3000; i++) {
		const char *from, *to;

		seed = seed * 1103515245 + 12345;
		from = names[seed >> 16 & 7];
		to = names[seed >> 20 & 7];
		switch (seed >> 24 & 3) {
		case 0:
			rump_sys_mkdir(from, 0755);
			break;
		case 1:
			rump_sys_rmdir(from);
			break;
		case 2:
			rump_sys_stat(from, &st);
			break;
		default:
			rump_sys_rename(from, to);
			break;
		}
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void remove_tree(const char *path)
{
	char buf[1024], child[RUMP_PATH_MAX];
	int fd = rump_sys_open(path, RUMP_O_RDONLY);
	long n;

	assert_true(fd >= 0);
	while ((n = rump_sys_getdents(fd, buf, sizeof(buf))) > 0)
		for (long off = 0; off < n;) {
			struct rump_dirent *d = (struct rump_dirent *)(buf + off);

			off += d->d_reclen;
			if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
				continue;
			snprintf(child, sizeof(child), "%s/%s", path, d->d_name);
			remove_tree(child);
			assert_ok(rump_sys_rmdir(child));
		}
	assert_ok(rump_sys_close(fd));
}

static void test_rename_threads(void **state)
{
	struct rump_stat st;

	(void)state;
	run_threads(rename_thread);
	remove_tree(".");
	assert_ok(rump_sys_stat(".", &st));
	assert_int_equal(st.st_nlink, 2); /* every directory was found again, once */
}

/*
 * All threads open and close the same descriptor numbers: a read never reaches another's file
 * (file.h, I1).
 */
static void *fd_thread(void *arg)
{
	char name[16], c;

	THREAD_CHECK(rump_pub_lwproc_newlwp(pid) == 0);
	snprintf(name, sizeof(name), "own%d", (int)(intptr_t)arg);
	for (int i = 0; i < 1000; i++) {
		int fd = rump_sys_open(name, RUMP_O_CREAT | RUMP_O_RDWR, 0600);

		THREAD_CHECK(fd >= 0);
		THREAD_CHECK(rump_sys_pwrite(fd, name + 3, 1, 0) == 1);
		THREAD_CHECK(rump_sys_pread(fd, &c, 1, 0) == 1 && c == name[3]);
		THREAD_CHECK(rump_sys_close(fd) == 0);
		if (i % 10 == 0)
			THREAD_CHECK(rump_sys_unlink(name) == 0);
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void test_fd_threads(void **state)
{
	(void)state;
	run_threads(fd_thread);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_open_flags),    T(test_read_write),     T(test_unlinked_open),
		T(test_directories),   T(test_getdents_many),  T(test_rename),
		T(test_path_limits),   T(test_permissions),    T(test_times),
		T(test_locks),	       T(test_nospace),	       T(test_readonly),
		T(test_append_atomic), T(test_rename_threads), T(test_fd_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
