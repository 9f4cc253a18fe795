/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Partition tables made by sfdisk, intact and damaged (part.h, I1 and I2), on disks in memory; and
 * the functions that serve disks to others (rump/disk.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include <rump/disk.h>
#include <rump/errno.h>
#include <rump/rump.h>

#include "kern/bdev.h"
#include "kern/component.h"

#define SECTOR 512
#define SECTORS 8192

struct disk {
	struct bdev dev;
	uint8_t *bytes;
	bool broken;
};

static struct disk disks[16];
static unsigned ndisks;

static void disk_strategy(struct bdev *bd, struct bio *bio)
{
	struct disk *d = bd->bd_softc;
	uint8_t *at = d->bytes + bio->b_off;

	for (unsigned i = 0; i < bio->b_nvec; at += bio->b_vec[i++].bv_len)
		if (bio->b_op == BIO_READ)
			memcpy(bio->b_vec[i].bv_base, at, bio->b_vec[i].bv_len);
		else
			memcpy(at, bio->b_vec[i].bv_base, bio->b_vec[i].bv_len);
	bio_done(bio, d->broken ? RUMP_EIO : 0);
}

static const struct bdev_ops ops = {.bd_strategy = disk_strategy};

/* A disk with the table that sfdisk makes from the script; sector n begins with n + 1. */
static struct disk *disk_make(const char *name, const char *script)
{
	static const char run[] =
		"PATH=$PATH:/sbin:/usr/sbin sfdisk -q --no-reread --no-tell-kernel --wipe never %s";
	struct disk *d = &disks[ndisks++];
	char path[] = "/tmp/partXXXXXX", command[160];
	int fd = mkstemp(path);
	FILE *pipe;

	d->bytes = calloc(SECTORS, SECTOR);
	for (uint32_t n = 64; n < SECTORS - 64; n++)
		memcpy(d->bytes + n * SECTOR + 8, &n, sizeof(n));
	if (write(fd, d->bytes, SECTORS * SECTOR) != SECTORS * SECTOR)
		abort();
	if (script) {
		snprintf(command, sizeof(command), run, path);
		pipe = popen(command, "w");
		fputs(script, pipe);
		if (pclose(pipe) != 0)
			abort();
	}
	if (pread(fd, d->bytes, SECTORS * SECTOR, 0) != SECTORS * SECTOR)
		abort();
	close(fd);
	unlink(path);
	snprintf(d->dev.bd_name, sizeof(d->dev.bd_name), "%s", name);
	d->dev.bd_ops = &ops;
	d->dev.bd_softc = d;
	d->dev.bd_size = SECTORS * SECTOR;
	d->dev.bd_sector = SECTOR;
	return d;
}

#define MBR                                                                   \
	"label: dos\nstart=64,size=100,type=83\nstart=200,size=300,type=83\n" \
	"start=1000,size=2000,type=5\nstart=4000,size=10,type=83\n"           \
	"start=1100,size=50,type=83\nstart=1200,size=60,type=83\n"            \
	"start=1300,size=70,type=83\n"
#define GPT "label: gpt\nstart=2048,size=1000\nstart=4096,size=8\n"
/* In the MBR: entry n, and its fields. */
#define ENTRY(d, n) ((d)->bytes + 446 + 16 * (n))

RUMP_COMPONENT(RUMP_COMPONENT_DEV, test_disks)
{
	struct disk *d;

	disk_make("none", NULL);
	disk_make("mbr", MBR);
	disk_make("gpt", GPT);
	/* Damage to the first header, to its entries, or to both headers. */
	disk_make("gpt-header", GPT)->bytes[SECTOR + 50] ^= 1;
	disk_make("gpt-entries", GPT)->bytes[2 * SECTOR + 33] ^= 1;
	d = disk_make("gpt-lost", GPT);
	d->bytes[SECTOR] ^= 1;
	d->bytes[(SECTORS - 1) * SECTOR + 20] ^= 1;
	/* A file system's boot sector, with code in place of the entries. */
	d = disk_make("boot", MBR);
	ENTRY(d, 0)[0] = 0xeb;
	/* One ends beyond the disk; one begins beyond it. */
	d = disk_make("long", MBR);
	ENTRY(d, 0)[14] = 1;
	ENTRY(d, 1)[11] = 1;
	/* The chain of logical partitions is a cycle. */
	d = disk_make("circle", MBR);
	for (unsigned n = 1000; n < 3000; n++) {
		uint8_t *next = d->bytes + n * SECTOR + 446 + 16;

		if (d->bytes[n * SECTOR + 510] == 0x55 && next[4] == 0)
			memcpy(next, d->bytes + 1000 * SECTOR + 446 + 16, 16);
	}
	disk_make("broken", MBR)->broken = true;
	for (unsigned i = 0; i < ndisks; i++)
		bdev_attach(&disks[i].dev);
}

static void has(const char *name, uint64_t first, uint64_t count)
{
	uint32_t sector_bytes, n;
	static uint8_t sector[SECTOR];
	uint64_t size;
	int number;

	assert_int_equal(rump_pub_disk_find(name, &number), 0);
	assert_int_equal(rump_pub_disk_size(number, &size, &sector_bytes), 0);
	assert_int_equal(sector_bytes, SECTOR);
	assert_int_equal(size, count * SECTOR);
	assert_int_equal(rump_pub_disk_read(number, size - SECTOR, sector, SECTOR), 0);
	memcpy(&n, sector + 8, sizeof(n));
	assert_int_equal(n, first + count - 1);
	assert_int_equal(rump_pub_disk_read(number, size, sector, SECTOR), RUMP_ENXIO);
	assert_int_equal(rump_pub_disk_read(number, 1, sector, SECTOR), RUMP_EINVAL);
}

static void has_not(const char *name)
{
	int number;

	assert_int_equal(rump_pub_disk_find(name, &number), RUMP_ENOENT);
}

static void disks_without_a_table_have_none(void **state)
{
	(void)state;
	has_not("nonep1");
	has_not("bootp2");
	has_not("brokenp1");
	has_not("nothing");
}

static void mbr_partitions(void **state)
{
	(void)state;
	has("mbrp1", 64, 100);
	has("mbrp2", 200, 300);
	has_not("mbrp3");
	has("mbrp4", 4000, 10);
	has("mbrp5", 1100, 50);
	has("mbrp6", 1200, 60);
	has("mbrp7", 1300, 70);
	has_not("mbrp8");
}

static void gpt_partitions(void **state)
{
	static const char *const names[] = {"gpt", "gpt-header", "gpt-entries"};
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%sp1", names[i]);
		has(name, 2048, 1000);
		snprintf(name, sizeof(name), "%sp2", names[i]);
		has(name, 4096, 8);
		snprintf(name, sizeof(name), "%sp3", names[i]);
		has_not(name);
	}
	has_not("gpt-lostp1");
}

static void damaged_tables_do_no_harm(void **state)
{
	(void)state;
	has_not("longp1");
	has_not("longp2");
	has("longp4", 4000, 10);
	has("longp5", 1100, 50);
	has("circlep1", 64, 100);
	has("circlep7", 1300, 70);
}

static void writes_stay_in_the_partition(void **state)
{
	static uint8_t buf[2 * SECTOR];
	int number;

	(void)state;
	memset(buf, 'w', sizeof(buf));
	assert_int_equal(rump_pub_disk_find("mbrp4", &number), 0);
	assert_int_equal(rump_pub_disk_write(number, 9 * SECTOR, buf, 2 * SECTOR), RUMP_ENXIO);
	assert_int_equal(rump_pub_disk_write(number, 8 * SECTOR, buf, 2 * SECTOR), 0);
	assert_int_equal(rump_pub_disk_flush(number), 0);
	assert_int_equal(disks[1].bytes[4008 * SECTOR], 'w');
	assert_int_equal(disks[1].bytes[4010 * SECTOR - 1], 'w');
	assert_int_not_equal(disks[1].bytes[4008 * SECTOR - 1], 'w');
	assert_int_not_equal(disks[1].bytes[4010 * SECTOR], 'w');
	disks[1].broken = true;
	assert_int_equal(rump_pub_disk_write(number, 0, buf, SECTOR), RUMP_EIO);
	assert_int_equal(rump_pub_disk_flush(number), RUMP_EIO);
	disks[1].broken = false;
	assert_int_equal(rump_pub_disk_write(12345, 0, buf, SECTOR), RUMP_ENOENT);
	assert_int_equal(rump_pub_disk_flush(-1), RUMP_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disks_without_a_table_have_none),
		cmocka_unit_test(mbr_partitions),
		cmocka_unit_test(gpt_partitions),
		cmocka_unit_test(damaged_tables_do_no_harm),
		cmocka_unit_test(writes_stay_in_the_partition),
	};

	if (rump_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
