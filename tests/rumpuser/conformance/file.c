/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of opening, closing and describing files. */
#include "conf.h"

#define NEED(what)                                       \
	do {                                             \
		if (conf_host->what == NULL)             \
			SKIP("this host has no " #what); \
	} while (0)

static size_t write_at(int fd, const void *data, size_t len, int64_t off)
{
	struct rumpuser_iovec iov = {(void *)(uintptr_t)data, len};
	size_t done = 0;

	EXPECT(rumpuser_iovwrite(fd, &iov, 1, off, &done) == 0);
	return done;
}

static size_t read_at(int fd, void *data, size_t len, int64_t off)
{
	struct rumpuser_iovec iov = {data, len};
	size_t done = 0;

	EXPECT(rumpuser_iovread(fd, &iov, 1, off, &done) == 0);
	return done;
}

static const char *missing(void)
{
	static const int modes[] = {RUMPUSER_OPEN_RDONLY, RUMPUSER_OPEN_WRONLY, RUMPUSER_OPEN_RDWR,
				    RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_BIO};
	int fd;

	NEED(file_missing);
	for (unsigned i = 0; i < 4; i++)
		CHECK(rumpuser_open(conf_host->file_missing, modes[i], &fd) == RUMP_ENOENT);
	return NULL;
}

static const char *info_missing(void)
{
	uint64_t size;
	int type;

	NEED(file_missing);
	CHECK(rumpuser_getfileinfo(conf_host->file_missing, &size, &type) == RUMP_ENOENT);
	CHECK(rumpuser_getfileinfo(conf_host->file_missing, NULL, NULL) == RUMP_ENOENT);
	return NULL;
}

/* Creates file_new, which later checks find. */
static const char *create(void)
{
	uint64_t size = 1;
	int fd, type = -1;

	NEED(file_new);
	CHECK(rumpuser_open(conf_host->file_new, RUMPUSER_OPEN_RDWR, &fd) == RUMP_ENOENT);
	CHECK(rumpuser_open(conf_host->file_new, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE, &fd) ==
	      0);
	CHECK(fd >= 0);
	CHECK(rumpuser_getfileinfo(conf_host->file_new, &size, &type) == 0);
	CHECK(size == 0 && type == RUMPUSER_FT_REG);
	CHECK(write_at(fd, "first", 5, 0) == 5);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *create_existing(void)
{
	char buf[8];
	int fd;

	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDWR, &fd) == 0);
	CHECK(write_at(fd, "content", 8, 0) == 8);
	CHECK(rumpuser_close(fd) == 0);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE, &fd) ==
	      0);
	CHECK(read_at(fd, buf, 8, 0) == 8 && memcmp(buf, "content", 8) == 0);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *create_exclusive(void)
{
	int fd, mode = RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE | RUMPUSER_OPEN_EXCL;

	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, mode, &fd) == RUMP_EEXIST);
	return NULL;
}

static const char *read_only(void)
{
	struct rumpuser_iovec iov = {(char[8]){0}, 8};
	size_t done;
	int fd;

	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY, &fd) == 0);
	CHECK(rumpuser_iovread(fd, &iov, 1, 0, &done) == 0 && done == 8);
	CHECK(rumpuser_iovwrite(fd, &iov, 1, 0, &done) == RUMP_EBADF);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *write_only(void)
{
	struct rumpuser_iovec iov = {(char[8]){0}, 8};
	size_t done;
	int fd;

	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_WRONLY, &fd) == 0);
	CHECK(rumpuser_iovwrite(fd, &iov, 1, 0, &done) == 0 && done == 8);
	CHECK(rumpuser_iovread(fd, &iov, 1, 0, &done) == RUMP_EBADF);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *no_access_mode(void)
{
	int fd;

	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_ACCMODE, &fd) == RUMP_EINVAL);
	return NULL;
}

static const char *two_descriptors(void)
{
	char buf[8];
	int a, b;

	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDWR, &a) == 0);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY, &b) == 0);
	CHECK(a != b && a >= 0 && b >= 0);
	CHECK(write_at(a, "shared!", 8, 512) == 8);
	CHECK(read_at(b, buf, 8, 512) == 8 && memcmp(buf, "shared!", 8) == 0);
	CHECK(rumpuser_close(a) == 0);
	/* The other descriptor stays valid. */
	CHECK(read_at(b, buf, 8, 512) == 8);
	CHECK(rumpuser_close(b) == 0);
	return NULL;
}

static const char *outlives_close(void)
{
	char buf[8];
	int fd;

	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDWR, &fd) == 0);
	CHECK(write_at(fd, "stays..", 8, 1024) == 8);
	CHECK(rumpuser_close(fd) == 0);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY, &fd) == 0);
	CHECK(read_at(fd, buf, 8, 1024) == 8 && memcmp(buf, "stays..", 8) == 0);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *close_unknown(void)
{
	int fd;

	CHECK(rumpuser_close(-1) == RUMP_EBADF);
	CHECK(rumpuser_close(100000) == RUMP_EBADF);
	NEED(file_old);
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY, &fd) == 0);
	CHECK(rumpuser_close(fd) == 0);
	CHECK(rumpuser_close(fd) == RUMP_EBADF);
	return NULL;
}

static const char *descriptors_come_back(void)
{
	int fd;

	NEED(file_old);
	for (unsigned i = 0; i < 3000; i++) {
		CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY, &fd) == 0);
		CHECK(rumpuser_close(fd) == 0);
	}
	return NULL;
}

static const char *many_descriptors(void)
{
	int fd[100];

	NEED(file_old);
	for (unsigned i = 0; i < 100; i++) {
		CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY, &fd[i]) == 0);
		for (unsigned j = 0; j < i; j++)
			CHECK(fd[j] != fd[i]);
	}
	for (unsigned i = 0; i < 100; i++)
		CHECK(rumpuser_close(fd[i]) == 0);
	return NULL;
}

static const char *info_regular(void)
{
	uint64_t size = 0;
	int type = -1;

	NEED(file_old);
	CHECK(rumpuser_getfileinfo(conf_host->file_old, &size, &type) == 0);
	CHECK(size == conf_host->file_len_bytes && type == RUMPUSER_FT_REG);
	return NULL;
}

static const char *info_either(void)
{
	uint64_t size = 0;
	int type = -1;

	NEED(file_old);
	CHECK(rumpuser_getfileinfo(conf_host->file_old, &size, NULL) == 0);
	CHECK(size == conf_host->file_len_bytes);
	CHECK(rumpuser_getfileinfo(conf_host->file_old, NULL, &type) == 0);
	CHECK(type == RUMPUSER_FT_REG);
	CHECK(rumpuser_getfileinfo(conf_host->file_old, NULL, NULL) == 0);
	return NULL;
}

static const char *info_grows(void)
{
	uint64_t size = 0;
	int fd;

	NEED(file_new);
	CHECK(rumpuser_open(conf_host->file_new, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE, &fd) ==
	      0);
	CHECK(write_at(fd, "x", 1, 99999) == 1);
	CHECK(rumpuser_getfileinfo(conf_host->file_new, &size, NULL) == 0 && size == 100000);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *info_directory(void)
{
	int type = -1;

	NEED(path_dir);
	CHECK(rumpuser_getfileinfo(conf_host->path_dir, NULL, &type) == 0);
	CHECK(type == RUMPUSER_FT_DIR);
	return NULL;
}

static const char *info_block(void)
{
	uint64_t size = 0;
	int type = -1;

	NEED(path_blk);
	CHECK(rumpuser_getfileinfo(conf_host->path_blk, &size, &type) == 0);
	CHECK(type == RUMPUSER_FT_BLK && size == conf_host->blk_len_bytes);
	return NULL;
}

static const char *info_character(void)
{
	int type = -1;

	NEED(path_chr);
	CHECK(rumpuser_getfileinfo(conf_host->path_chr, NULL, &type) == 0);
	CHECK(type == RUMPUSER_FT_CHR);
	return NULL;
}

static const struct conf_check checks[] = {
	{"opening what is not there is ENOENT in every mode (Files and I/O)", missing},
	{"CREATE makes a missing file, which is empty (Files and I/O)", create},
	{"CREATE opens a file that is there, as it is (Files and I/O)", create_existing},
	{"CREATE with EXCL of what is there is EEXIST (Files and I/O)", create_exclusive},
	{"a descriptor opened RDONLY does not write: EBADF (Files and I/O)", read_only},
	{"a descriptor opened WRONLY does not read: EBADF (Files and I/O)", write_only},
	{"an access mode that is none is EINVAL (Return values)", no_access_mode},
	{"two descriptors of a file see one content (Files and I/O)", two_descriptors},
	{"what was written is there after close and open (Files and I/O)", outlives_close},
	{"closing what is not open is EBADF (Return values)", close_unknown},
	{"a closed descriptor's number is used again (Files and I/O)", descriptors_come_back},
	{"100 descriptors are open at once, all different (Files and I/O)", many_descriptors},
	{"getfileinfo of a regular file: its size and REG (Files and I/O)", info_regular},
	{"getfileinfo gives what is asked for, size or type (Files and I/O)", info_either},
	{"getfileinfo sees a file grow (Files and I/O)", info_grows},
	{"getfileinfo of a directory: DIR (Files and I/O)", info_directory},
	{"getfileinfo of a block device: BLK, and its size (Files and I/O)", info_block},
	{"getfileinfo of a character device: CHR (Files and I/O)", info_character},
	{"getfileinfo of what is not there is ENOENT (Return values)", info_missing},
};
const struct conf_section conf_file = SECTION("file", checks);
