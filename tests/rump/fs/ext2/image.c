/* SPDX-License-Identifier: BSD-2-Clause */
/* ext2 images for tests (image.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"

char image_path[300], image_dir[256];
static char disk[] = "/disk";

int shell(const char *fmt, ...)
{
	char cmd[2048];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	fflush(NULL);
	status = system(cmd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int image_start(void)
{
	snprintf(image_dir, sizeof(image_dir), "%s/ext2-test-XXXXXX",
		 getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	if (mkdtemp(image_dir) == NULL)
		return -1;
	snprintf(image_path, sizeof(image_path), "%s/image", image_dir);
	if (rump_init() != 0 || rump_pub_lwproc_rfork(RUMP_RFCFDG) != 0)
		return -1;
	return rump_sys_mkdir("/m", 0777);
}

void image_clean(void)
{
	rump_sys_fcntl(0, RUMP_F_CLOSEM, NULL);
	rump_sys_chdir("/");
	rump_sys_unmount("/m", 0);
	rump_pub_etfs_remove(disk);
}

void image_end(void)
{
	shell("rm -rf '%s'", image_dir);
}

int image_group_start(void **state)
{
	(void)state;
	return image_start();
}

int image_group_end(void **state)
{
	(void)state;
	image_end();
	return 0;
}

int image_teardown(void **state)
{
	(void)state;
	image_clean();
	return 0;
}

void image_make(const char *size, const char *args)
{
	unlink(image_path);
	assert_ok(shell("/sbin/mke2fs -q -F -t ext2 %s '%s' %s >'%s/mke2fs' 2>&1", args, image_path,
			size, image_dir));
}

static int do_mount(int flags)
{
	struct rump_ufs_args args = {.fspec = disk};

	return rump_sys_mount("ext2fs", "/m", flags, &args, sizeof(args)) == 0 ? 0 : errno;
}

int image_mount(int flags)
{
	int error;

	assert_ok(rump_pub_etfs_register(disk, image_path, RUMP_ETFS_BLK));
	error = do_mount(flags);
	if (error == 0)
		assert_ok(rump_sys_chdir("/m"));
	else
		assert_ok(rump_pub_etfs_remove(disk));
	return error;
}

int image_update(int flags)
{
	return do_mount(flags | RUMP_MNT_UPDATE);
}

int image_unmount(void)
{
	assert_ok(rump_sys_chdir("/"));
	if (rump_sys_unmount("/m", 0) != 0)
		return errno;
	assert_ok(rump_pub_etfs_remove(disk));
	return 0;
}

void image_fsck(void)
{
	if (shell("/sbin/e2fsck -fn '%s' >'%s/fsck' 2>&1", image_path, image_dir) != 0) {
		shell("cat '%s/fsck' >&2", image_dir);
		fail_msg("e2fsck found damage");
	}
}

void image_cycle(void)
{
	assert_ok(image_unmount());
	image_fsck();
	assert_ok(image_mount(0));
}

void pattern(void *buf, size_t len, uint64_t off, unsigned seed)
{
	uint8_t *p = buf;

	for (size_t i = 0; i < len; i++) {
		uint64_t x = (off + i) / 8 * UINT64_C(0x9e3779b97f4a7c15) + seed * 7919u;

		x ^= x >> 29;
		p[i] = (uint8_t)(x >> (off + i) % 8 * 8);
	}
}

#define CHUNK 65536
static uint8_t want[CHUNK], have[CHUNK];

void write_pattern(int fd, int64_t off, size_t len, unsigned seed)
{
	while (len > 0) {
		size_t n = len < CHUNK ? len : CHUNK;

		pattern(want, n, (uint64_t)off, seed);
		assert_int_equal(rump_sys_pwrite(fd, want, n, off), n);
		off += (int64_t)n;
		len -= n;
	}
}

static void check(int fd, int64_t off, size_t len)
{
	assert_int_equal(rump_sys_pread(fd, have, len, off), len);
	assert_memory_equal(have, want, len);
}

void check_pattern(int fd, int64_t off, size_t len, unsigned seed)
{
	while (len > 0) {
		size_t n = len < CHUNK ? len : CHUNK;

		pattern(want, n, (uint64_t)off, seed);
		check(fd, off, n);
		off += (int64_t)n;
		len -= n;
	}
}

void check_zeros(int fd, int64_t off, size_t len)
{
	memset(want, 0, CHUNK);
	while (len > 0) {
		size_t n = len < CHUNK ? len : CHUNK;

		check(fd, off, n);
		off += (int64_t)n;
		len -= n;
	}
}

int make_file(const char *path)
{
	int fd = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_TRUNC | RUMP_O_RDWR, 0644);

	if (fd < 0)
		fail_msg("%s: error %d", path, errno);
	return fd;
}

void put_file(const char *path, const char *text)
{
	int fd = make_file(path);

	assert_int_equal(rump_sys_write(fd, text, strlen(text)), strlen(text));
	assert_ok(rump_sys_close(fd));
}

uint32_t rnd(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}
