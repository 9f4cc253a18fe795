/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Damaged images (ext2.h, I9). Every field of the superblock, the descriptors, the inodes in use,
 * the directory entries and some pointers of indirect blocks is overwritten by hostile values, one
 * at a time; then several at once at random. Each image is mounted, read, changed and unmounted.
 * The file system may refuse anything. It may not crash (the sanitizers watch), hang (alarm) or
 * stay busy.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>
#include <unistd.h>

#include "fs/ext2/disk.h"
#include "image.h"
#include "walk.h"

void __sanitizer_set_report_fd(void *fd) __attribute__((weak)); /* not there without one */

#define IMAGE_BYTES (2u << 20)
#define HANG_SECONDS 120

static uint8_t *good, *bad;
static unsigned mounted, refused;

static struct field {
	uint32_t off;
	uint8_t width;
} * fields;
static size_t nfields;

static void field_add(uint32_t off, unsigned width)
{
	struct field *longer = realloc(fields, (nfields + 1) * sizeof(*fields));

	assert_non_null(longer);
	fields = longer;
	fields[nfields++] = (struct field){off, (uint8_t)width};
}

static void try_image(const uint8_t *image)
{
	int fd = open(image_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	bool busy;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, image, IMAGE_BYTES), IMAGE_BYTES);
	close(fd);
	(void)!ftruncate(STDERR_FILENO, 0); /* the messages of one image are enough */
	lseek(STDERR_FILENO, 0, SEEK_SET);
	alarm(HANG_SECONDS);
	if (image_mount(0) != 0) {
		refused++;
		if (image_mount(RUMP_MNT_RDONLY) != 0)
			return;
		walk_read("/m");
	} else {
		mounted++;
		walk_read("/m");
		walk_change();
		walk_read("/m");
	}
	assert_ok(rump_sys_chdir("/"));
	busy = image_unmount() == RUMP_EBUSY;
	assert_false(busy);
	alarm(0);
}

/* All fields of the image worth damaging. */
static void find_fields(unsigned isize)
{
	const struct ext2_super *sb = (const void *)(good + EXT2_SB_OFF);
	uint32_t bs = 1024u << sb->s_log_block_size;
	const struct ext2_gdesc *gd = (const void *)(good + bs * (sb->s_first_data_block + 1));

	nfields = 0;
	for (uint32_t at = 0; at < 264; at += 2)
		field_add(EXT2_SB_OFF + at, at >= 52 && at < 64 ? 2 : at % 4 == 0 ? 4 : 2);
	for (uint32_t at = 0; at < 20; at += 2)
		field_add((uint32_t)((const uint8_t *)gd - good) + at, at < 12 ? 4 - at % 4 : 2);
	for (uint32_t ino = 2; ino <= sb->s_inodes_count; ino++) {
		uint32_t at = gd->bg_inode_table * bs + (ino - 1) * isize;
		const struct ext2_dinode *di = (const void *)(good + at);

		if (di->i_links_count == 0 || (ino > 2 && ino < 11))
			continue;
		for (uint32_t f = 0; f < (isize > 128 ? 160 : 128); f += 2)
			field_add(at + f, f % 4 == 0 && f >= 4 && f != 24 ? 4 : 2);
		if ((di->i_mode & 0170000) == 0040000)
			for (uint32_t e = 0; e < bs;) {
				uint32_t d = di->i_block[0] * bs + e;
				const struct ext2_dirent *de = (const void *)(good + d);

				field_add(d, 4);
				field_add(d + 4, 2);
				field_add(d + 6, 1);
				field_add(d + 7, 1);
				field_add(d + 8, 1);
				e += de->rec_len;
			}
		for (unsigned i = 12; i < 15; i++) {
			uint32_t ind = di->i_block[i];

			if (ind == 0 || (di->i_mode & 0170000) != 0100000)
				continue;
			for (unsigned k = 0; k < 6; k++)
				field_add(ind * bs + k * 4, 4);
			if (i == 13) /* the first single indirect block below it */
				for (unsigned k = 0; k < 4; k++)
					field_add(*(uint32_t *)(good + ind * bs) * bs + k * 4, 4);
		}
	}
}

static void damage(const struct field *f, uint32_t value)
{
	memcpy(bad + f->off, &value, f->width);
}

static uint32_t hostile(const struct field *f, unsigned i, uint64_t *seed)
{
	uint32_t was = 0;

	memcpy(&was, good + f->off, f->width);
	switch (i) {
	case 0:
		return 0;
	case 1:
		return UINT32_MAX;
	case 2:
		return was + 1;
	case 3:
		return was ^ 0x80000000u ^ 0x8000u ^ 0x80u;
	case 4:
		return f->off / 1024; /* the block that contains it */
	case 5:
		return 2; /* the root; a descriptor block */
	default:
		return rnd(seed) % 2100;
	}
}

static void load(const char *args, unsigned isize)
{
	FILE *fp;

	assert_ok(shell("rm -rf '%s/src' && mkdir -p '%s/src/dir/sub/deep' && cd '%s/src' && "
			"echo small > dir/small && head -c 400000 /dev/urandom > dir/big && "
			"ln dir/small dir/hard && ln -s small dir/link && "
			"ln -s $(head -c 200 /dev/zero | tr '\\0' x) dir/longlink && "
			"truncate -s 100M huge && echo x | dd of=huge bs=1 seek=80000000 "
			"conv=notrunc 2>/dev/null && echo y > dir/sub/deep/file",
			image_dir, image_dir, image_dir));
	assert_ok(shell("rm -f '%s'; cd '%s' && /sbin/mke2fs -q -F -t ext2 %s -d src image 2M "
			">/dev/null 2>&1",
			image_path, image_dir, args));
	fp = fopen(image_path, "rb");
	assert_non_null(fp);
	assert_int_equal(fread(good, 1, IMAGE_BYTES, fp), IMAGE_BYTES);
	fclose(fp);
	find_fields(isize);
}

/* The first values of hostile() for each field, then some images damaged in several places. */
static void run(const char *args, unsigned isize, unsigned values)
{
	uint64_t seed = 42;

	load(args, isize);
	for (size_t i = 0; i < nfields; i++)
		for (unsigned v = 0; v < values; v++) {
			memcpy(bad, good, IMAGE_BYTES);
			damage(&fields[i], hostile(&fields[i], v, &seed));
			try_image(bad);
		}
	for (unsigned i = 0; i < 500; i++) {
		memcpy(bad, good, IMAGE_BYTES);
		for (unsigned k = 0; k < 2 + i % 8; k++) {
			size_t f = 140 + rnd(&seed) % (nfields - 140); /* beyond the superblock */

			damage(&fields[f], hostile(&fields[f], rnd(&seed) % 7, &seed));
		}
		try_image(bad);
	}
	printf("%zu fields; %u images mounted, %u refused\n", nfields, mounted, refused);
	assert_true(mounted > 1000 && refused > 100);
}

static void test_damage_1k(void **state)
{
	(void)state;
	run("-b 1024 -I 128 -N 64", 128, 4);
}

static void test_damage_4k(void **state)
{
	(void)state;
	run("-b 4096 -I 256 -N 64", 256, 2);
}

static int group_start(void **state)
{
	char log[300];
	int keep = dup(STDERR_FILENO), fd;

	(void)state;
	good = malloc(IMAGE_BYTES);
	bad = malloc(IMAGE_BYTES);
	if (good == NULL || bad == NULL || image_start() != 0)
		return -1;
	snprintf(log, sizeof(log), "%s/log", image_dir);
	fd = open(log, O_CREAT | O_RDWR, 0600);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		return -1;
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)keep);
	return 0;
}

static int group_end(void **state)
{
	(void)state;
	free(good);
	free(bad);
	free(fields);
	image_end();
	return 0;
}

/* For a closer look at an image that was found to do harm. */
static void try_file(const char *path)
{
	FILE *fp = fopen(path, "rb");

	good = malloc(IMAGE_BYTES);
	if (fp == NULL || good == NULL || fread(good, 1, IMAGE_BYTES, fp) != IMAGE_BYTES ||
	    image_start() != 0)
		exit(1);
	fclose(fp);
	try_image(good);
	image_end();
}

/* With an argument: test only that image. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_damage_1k, image_teardown),
		cmocka_unit_test_teardown(test_damage_4k, image_teardown),
	};

	if (argc > 1) {
		try_file(argv[1]);
		return 0;
	}
	return cmocka_run_group_tests(tests, group_start, group_end);
}
