/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Damaged ext2 images. The input is a list of changes to a good image, six bytes each: an offset in
 * units of two bytes, then four bytes to put there. Changes are thus nearly always to metadata,
 * which is in the first 128 KiB. Each image is mounted, read, changed and unmounted. These may
 * fail; nothing else may happen.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tests/rump/fs/ext2/image.h"
#include "../tests/rump/fs/ext2/walk.h"

#define CHANGE_BYTES 6
#define CHANGES_MAX 64

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t *good, *bad;
static size_t image_bytes;

static void load(void)
{
	struct stat st;
	int fd;

	assert_ok(shell("mkdir -p '%s/src/dir/sub' && cd '%s/src' && echo small >dir/small && "
			"head -c 90000 /dev/urandom >dir/big && ln dir/small hard && ln -s small "
			"dir/link && "
			"truncate -s 20M sparse && echo x | dd of=sparse bs=1 seek=19000000 "
			"conv=notrunc 2>/dev/null",
			image_dir, image_dir));
	assert_ok(shell("cd '%s' && mke2fs -q -F -t ext2 -b 1024 -I 128 -N 64 -d src image 512k "
			"2>/dev/null",
			image_dir));
	fd = open(image_path, O_RDONLY);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	image_bytes = (size_t)st.st_size;
	good = malloc(image_bytes);
	bad = malloc(image_bytes);
	assert_true(good != NULL && bad != NULL);
	assert_int_equal(read(fd, good, image_bytes), image_bytes);
	close(fd);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (image_start() != 0)
		abort();
	atexit(image_end);
	load();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = open(image_path, O_WRONLY | O_TRUNC);

	memcpy(bad, good, image_bytes);
	for (size_t n = 0; len >= CHANGE_BYTES && n < CHANGES_MAX; n++) {
		size_t at = 2 * ((size_t)data[0] | (size_t)data[1] << 8);

		memcpy(bad + at, data + 2, 4);
		data += CHANGE_BYTES;
		len -= CHANGE_BYTES;
	}
	if (fd < 0 || write(fd, bad, image_bytes) != (ssize_t)image_bytes)
		abort();
	close(fd);
	if (image_mount(0) == 0) {
		walk_read("/m");
		walk_change();
		walk_read("/m");
	} else if (image_mount(RUMP_MNT_RDONLY) == 0) {
		walk_read("/m");
	} else {
		return 0;
	}
	if (image_unmount() == RUMP_EBUSY)
		abort();
	return 0;
}
