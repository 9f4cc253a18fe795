/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of reading and writing at once. */
#include "conf.h"

static char block[4][512];

/* Open the regular file with this mode; false: the host has none. */
static bool old_open(int mode, int *fd)
{
	if (conf_host->file_old == NULL)
		return false;
	EXPECT(rumpuser_open(conf_host->file_old, mode, fd) == 0);
	return true;
}
#define OLD_OPEN(mode, fd)                                 \
	do {                                               \
		if (!old_open(mode, fd))                   \
			SKIP("this host has no file_old"); \
	} while (0)

static void fill(char *mem, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		mem[i] = (char)(seed * 31 + i * 7 + i / 256);
}

static const char *offsets(void)
{
	static const int64_t offs[] = {0, 1, 511, 512, 4095, 65536};
	struct rumpuser_iovec iov = {block[0], 512}, back = {block[1], 512};
	size_t done;
	int fd;

	OLD_OPEN(RUMPUSER_OPEN_RDWR, &fd);
	for (unsigned i = 0; i < 6; i++) {
		fill(block[0], 512, i);
		CHECK(rumpuser_iovwrite(fd, &iov, 1, offs[i], &done) == 0 && done == 512);
		memset(block[1], 0, 512);
		CHECK(rumpuser_iovread(fd, &back, 1, offs[i], &done) == 0 && done == 512);
		CHECK(memcmp(block[0], block[1], 512) == 0);
	}
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *gather(void)
{
	struct rumpuser_iovec iov[4] = {
		{block[0], 100}, {block[1], 0}, {block[2], 412}, {block[3], 13}};
	struct rumpuser_iovec back = {block[1], 512};
	size_t done;
	int fd;

	OLD_OPEN(RUMPUSER_OPEN_RDWR, &fd);
	for (unsigned i = 0; i < 4; i++)
		fill(block[i], 512, i + 10);
	CHECK(rumpuser_iovwrite(fd, iov, 4, 2048, &done) == 0 && done == 525);
	CHECK(rumpuser_iovread(fd, &back, 1, 2048, &done) == 0 && done == 512);
	CHECK(memcmp(block[1], block[0], 100) == 0);
	CHECK(memcmp(block[1] + 100, block[2], 412) == 0);
	CHECK(rumpuser_iovread(fd, &back, 1, 2048 + 512, &done) == 0 && done == 512);
	CHECK(memcmp(block[1], block[3], 13) == 0);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *scatter(void)
{
	struct rumpuser_iovec iov = {block[0], 512};
	struct rumpuser_iovec back[3] = {{block[1], 7}, {block[2], 500}, {block[3], 5}};
	size_t done;
	int fd;

	OLD_OPEN(RUMPUSER_OPEN_RDWR, &fd);
	fill(block[0], 512, 20);
	CHECK(rumpuser_iovwrite(fd, &iov, 1, 3000, &done) == 0 && done == 512);
	CHECK(rumpuser_iovread(fd, back, 3, 3000, &done) == 0 && done == 512);
	CHECK(memcmp(block[1], block[0], 7) == 0);
	CHECK(memcmp(block[2], block[0] + 7, 500) == 0);
	CHECK(memcmp(block[3], block[0] + 507, 5) == 0);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *at_end(void)
{
	struct rumpuser_iovec iov = {block[0], 512};
	int64_t end = (int64_t)conf_host->file_len_bytes;
	size_t done = 99;
	int fd;

	OLD_OPEN(RUMPUSER_OPEN_RDONLY, &fd);
	CHECK(rumpuser_iovread(fd, &iov, 1, end - 100, &done) == 0 && done == 100);
	CHECK(rumpuser_iovread(fd, &iov, 1, end, &done) == 0 && done == 0);
	done = 99;
	CHECK(rumpuser_iovread(fd, &iov, 1, end + (1ll << 33), &done) == 0 && done == 0);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *nothing(void)
{
	struct rumpuser_iovec iov = {block[0], 0};
	size_t done = 99;
	int fd;

	OLD_OPEN(RUMPUSER_OPEN_RDWR, &fd);
	CHECK(rumpuser_iovread(fd, &iov, 1, 0, &done) == 0 && done == 0);
	done = 99;
	CHECK(rumpuser_iovwrite(fd, &iov, 1, 0, &done) == 0 && done == 0);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *own_position(void)
{
	struct rumpuser_iovec iov = {block[0], 200}, back = {block[1], 200};
	size_t done;
	int fd;

	OLD_OPEN(RUMPUSER_OPEN_RDWR, &fd);
	for (unsigned i = 0; i < 3; i++) {
		fill(block[0], 200, i + 30);
		CHECK(rumpuser_iovwrite(fd, &iov, 1, RUMPUSER_IOV_NOSEEK, &done) == 0);
		CHECK(done == 200);
	}
	CHECK(rumpuser_close(fd) == 0);
	OLD_OPEN(RUMPUSER_OPEN_RDONLY, &fd);
	for (unsigned i = 0; i < 3; i++) {
		fill(block[0], 200, i + 30);
		CHECK(rumpuser_iovread(fd, &back, 1, RUMPUSER_IOV_NOSEEK, &done) == 0);
		CHECK(done == 200 && memcmp(block[0], block[1], 200) == 0);
	}
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *negative(void)
{
	struct rumpuser_iovec iov = {block[0], 512};
	size_t done;
	int fd;

	OLD_OPEN(RUMPUSER_OPEN_RDWR, &fd);
	CHECK(rumpuser_iovread(fd, &iov, 1, -512, &done) == RUMP_EINVAL);
	CHECK(rumpuser_iovwrite(fd, &iov, 1, INT64_MIN, &done) == RUMP_EINVAL);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *not_open(void)
{
	struct rumpuser_iovec iov = {block[0], 512};
	size_t done;

	CHECK(rumpuser_iovread(-1, &iov, 1, 0, &done) == RUMP_EBADF);
	CHECK(rumpuser_iovwrite(-1, &iov, 1, 0, &done) == RUMP_EBADF);
	CHECK(rumpuser_iovread(100000, &iov, 1, RUMPUSER_IOV_NOSEEK, &done) == RUMP_EBADF);
	return NULL;
}

static const char *beyond_4g(void)
{
	struct rumpuser_iovec iov = {block[0], 512}, back = {block[1], 512};
	int64_t off = (1ll << 32) + 512;
	uint64_t size;
	size_t done;
	int fd;

	if (conf_host->file_new == NULL)
		SKIP("this host has no file_new");
	CHECK(rumpuser_open(conf_host->file_new, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE, &fd) ==
	      0);
	fill(block[0], 512, 40);
	CHECK(rumpuser_iovwrite(fd, &iov, 1, off, &done) == 0 && done == 512);
	CHECK(rumpuser_getfileinfo(conf_host->file_new, &size, NULL) == 0);
	CHECK(size == (uint64_t)off + 512);
	CHECK(rumpuser_iovread(fd, &back, 1, off, &done) == 0 && done == 512);
	CHECK(memcmp(block[0], block[1], 512) == 0);
	/* Bytes in between that were not written are zeros. */
	CHECK(rumpuser_iovread(fd, &back, 1, off - 512, &done) == 0 && done == 512);
	CHECK(conf_filled(block[1], 0, 512));
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *faulty(void)
{
	struct rumpuser_iovec iov = {block[0], 512};
	size_t done = 99;
	int fd;

	if (conf_host->path_faulty == NULL)
		SKIP("this host has no path_faulty");
	CHECK(rumpuser_open(conf_host->path_faulty, RUMPUSER_OPEN_RDONLY, &fd) == 0);
	CHECK(rumpuser_iovread(fd, &iov, 1, conf_host->faulty_off, &done) ==
	      conf_host->faulty_error);
	CHECK(done == 0);
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"what is written at an offset is read there, aligned or not (Files and I/O)", offsets},
	{"a write takes its pieces in order, empty ones too (Files and I/O)", gather},
	{"a read fills its pieces in order (Files and I/O)", scatter},
	{"a read ends with the file, and gives nothing beyond (Files and I/O)", at_end},
	{"a transfer of no bytes succeeds with none (Files and I/O)", nothing},
	{"NOSEEK goes on where the last one ended (Files and I/O)", own_position},
	{"an offset beyond 4 GiB is one, not its low half (Files and I/O)", beyond_4g},
	{"a negative offset is EINVAL (Return values)", negative},
	{"a descriptor that is not open is EBADF (Return values)", not_open},
	{"an I/O error comes back as NetBSD's number, nothing as done (Return values)", faulty},
};
const struct conf_section conf_iov = SECTION("iov", checks);
