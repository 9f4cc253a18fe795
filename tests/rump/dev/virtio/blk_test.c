/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio block devices (virtio_blk.c, I1 to I4): data, many requests at once, flush, errors, and
 * devices that break the rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rump/errno.h>
#include <rump/rump.h>

#include "kern/bdev.h"
#include "kern/sync.h"
#include "model.h"

#define DISK_BYTES (4u << 20)
#define SECTORS (DISK_BYTES / 512)
#define F_VERSION_1 (1ull << 32)
#define F_EVENT_IDX (1ull << 29)
#define F_BLK (1ull << 1 | 1ull << 2 | 1ull << 9)

static uint8_t disk[DISK_BYTES];
static unsigned flushes;
static struct chain held[200];
static unsigned nheld;
static bool hold;

static void request_do(struct model *m, struct chain *c)
{
	uint32_t type, len = 0;
	uint64_t sector;
	uint8_t status = 0;
	size_t total = 0;

	assert_int_equal(chain_read(c, 0, &type, 4), 4);
	chain_read(c, 8, &sector, 8);
	for (unsigned i = c->c_nout; i < c->c_nout + c->c_nin; i++)
		total += c->c_seg[i].len;
	if (type == 0) {
		assert_true(sector * 512 + total - 1 <= DISK_BYTES);
		if (m->m_fault != FAULT_SHORT)
			len = (uint32_t)chain_write(c, 0, disk + sector * 512, total - 1);
	} else if (type == 1)
		chain_read(c, 16, disk + sector * 512, DISK_BYTES - sector * 512);
	else if (type == 4)
		flushes++;
	else
		status = 2;
	if (m->m_fault == FAULT_STATUS)
		status = 1;
	if (m->m_fault != FAULT_NO_STATUS)
		chain_write(c, total - 1, &status, 1);
	chain_done(c, len + 1);
}

static void handle(struct model *m, struct chain *c)
{
	if (hold)
		held[nheld++] = *c;
	else
		request_do(m, c);
}

#define BLK(...)                                                                           \
	{                                                                                  \
		.m_type = 2, .m_offer = F_VERSION_1 | F_EVENT_IDX | F_BLK, .m_vectors = 2, \
		.m_queue_size = 128, .m_handle = handle, __VA_ARGS__                       \
	}

static struct model good = BLK(), plain = BLK(.m_offer = F_VERSION_1, .m_vectors = 1),
		    readonly = BLK(.m_offer = F_VERSION_1 | 1ull << 5),
		    legacy = BLK(.m_offer = F_BLK), refuses = BLK(.m_refuse = true),
		    badcap = BLK(.m_bad_cap = true), oddqueue = BLK(.m_queue_size = 100);
static struct model faulty[4] = {BLK(), BLK(), BLK(), BLK()};
static const enum fault faults[4] = {FAULT_ID_RANGE, FAULT_ID_UNUSED, FAULT_LENGTH, FAULT_INDEX};

static struct kmutex done_lock;
static struct kcv done_cv;
static unsigned done_count, done_errors;

static void config_set(struct model *m)
{
	uint64_t capacity = SECTORS;
	uint32_t seg_max = 126, size_max = 1 << 20;

	memcpy(m->m_config, &capacity, 8);
	memcpy(m->m_config + 8, &size_max, 4);
	memcpy(m->m_config + 12, &seg_max, 4);
}

static int setup(void **state)
{
	struct model *all[] = {&good,	  &plain,     &readonly,  &legacy,    &refuses,	 &badcap,
			       &oddqueue, &faulty[0], &faulty[1], &faulty[2], &faulty[3]};

	(void)state;
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		config_set(all[i]);
		model_add(all[i]);
	}
	for (unsigned i = 0; i < DISK_BYTES; i++)
		disk[i] = (uint8_t)(i * 2654435761u >> 11);
	if (rump_init() != 0)
		return -1;
	rump_pub_lwproc_rfork(RUMP_RFCFDG);
	rump_schedule();
	mutex_init(&done_lock);
	cv_init(&done_cv);
	return 0;
}

static void test_attach(void **state)
{
	struct bdev *bd = bdev_find("ld0");

	(void)state;
	assert_non_null(bd);
	assert_int_equal(bd->bd_size, DISK_BYTES);
	assert_int_equal(bd->bd_sector, 512);
	assert_false(bd->bd_readonly);
	assert_int_equal(good.m_status & 4, 4);
	bdev_release(bd);
	bd = bdev_find("ld2");
	assert_non_null(bd);
	assert_true(bd->bd_readonly);
	bdev_release(bd);
	/* The faulty devices follow: those in between are unusable, and left reset. */
	assert_null(bdev_find("ld7"));
	assert_int_equal(legacy.m_status, 0);
	assert_int_equal(refuses.m_status, 0);
	assert_int_equal(oddqueue.m_status, 0);
}

static void io_check(const char *name)
{
	struct bdev *bd = bdev_find(name);
	static uint8_t buf[65536];

	assert_non_null(bd);
	assert_int_equal(bdev_rw(bd, BIO_READ, 512, buf, 512), 0);
	assert_memory_equal(buf, disk + 512, 512);
	assert_int_equal(bdev_rw(bd, BIO_READ, DISK_BYTES - 65536, buf, 65536), 0);
	assert_memory_equal(buf, disk + DISK_BYTES - 65536, 65536);
	memset(buf, 0x5a, sizeof(buf));
	assert_int_equal(bdev_rw(bd, BIO_WRITE, 8192, buf, 4096), 0);
	assert_int_equal(disk[8192], 0x5a);
	assert_int_equal(disk[8192 + 4095], 0x5a);
	assert_int_not_equal(disk[8192 + 4096] == 0x5a && disk[8192 + 4097] == 0x5a, 1);
	assert_int_equal(bdev_rw(bd, BIO_READ, DISK_BYTES, buf, 512), RUMP_ENXIO);
	bdev_release(bd);
}

static void test_io(void **state)
{
	(void)state;
	io_check("ld0");
	io_check("ld1"); /* one vector, no event indices */
}

static void test_readonly(void **state)
{
	struct bdev *bd = bdev_find("ld2");
	uint8_t buf[512] = {0};

	(void)state;
	assert_int_equal(bdev_rw(bd, BIO_READ, 0, buf, 512), 0);
	assert_int_equal(bdev_rw(bd, BIO_WRITE, 0, buf, 512), RUMP_EROFS);
	bdev_release(bd);
}

static void test_flush(void **state)
{
	struct bdev *bd = bdev_find("ld0");
	unsigned before = flushes;

	(void)state;
	assert_int_equal(bdev_flush(bd), 0);
	assert_int_equal(flushes, before + 1);
	bdev_release(bd);
	bd = bdev_find("ld1"); /* has no such command: nothing to do */
	assert_int_equal(bdev_flush(bd), 0);
	assert_int_equal(flushes, before + 1);
	bdev_release(bd);
}

/* Memory that the device cannot reach is transferred through a bounce buffer (I2). */
static void test_bounce(void **state)
{
	struct bdev *bd = bdev_find("ld0");
	static char buf[8192] __attribute__((aligned(4096)));

	(void)state;
	model_unreachable = buf;
	model_unreachable_len = sizeof(buf);
	assert_int_equal(bdev_rw(bd, BIO_READ, 16384, buf, 8192), 0);
	assert_memory_equal(buf, disk + 16384, 8192);
	memset(buf, 0x77, sizeof(buf));
	assert_int_equal(bdev_rw(bd, BIO_WRITE, 16384, buf, 8192), 0);
	assert_int_equal(disk[16384], 0x77);
	assert_int_equal(disk[16384 + 8191], 0x77);
	model_unreachable_len = 0;
	bdev_release(bd);
}

static void counted(struct bio *bio)
{
	mutex_enter(&done_lock);
	done_count++;
	done_errors += bio->b_error != 0;
	cv_broadcast(&done_cv);
	mutex_exit(&done_lock);
}

#define MANY 200
static struct bio bios[MANY];
static struct bio_vec vecs[MANY][4];
static uint8_t data[MANY][2048];

static void many_submit(struct bdev *bd)
{
	done_count = done_errors = 0;
	for (unsigned i = 0; i < MANY; i++) {
		memset(data[i], 0, sizeof(data[i]));
		for (unsigned k = 0; k < 4; k++)
			vecs[i][k] = (struct bio_vec){data[i] + 512 * k, 512};
		bios[i] = (struct bio){.b_op = BIO_READ,
				       .b_dev = bd,
				       .b_off = 65536 + i * 2048ull,
				       .b_vec = vecs[i],
				       .b_nvec = 4,
				       .b_done = counted};
		list_init(&bios[i].b_node);
		bio_submit(&bios[i]);
	}
}

static void many_wait(void)
{
	mutex_enter(&done_lock);
	while (done_count != MANY)
		cv_wait(&done_cv, &done_lock);
	mutex_exit(&done_lock);
}

/* More requests than the queue holds, completed in another order (I1). */
static void test_many(void **state)
{
	struct bdev *bd = bdev_find("ld0");

	(void)state;
	pthread_mutex_lock(&good.m_lock);
	hold = true;
	pthread_mutex_unlock(&good.m_lock);
	many_submit(bd);
	pthread_mutex_lock(&good.m_lock);
	hold = false;
	assert_true(nheld > 8); /* in flight together */
	while (nheld != 0)
		request_do(&good, &held[--nheld]);
	pthread_mutex_unlock(&good.m_lock);
	many_wait();
	assert_int_equal(done_errors, 0);
	for (unsigned i = 0; i < MANY; i++)
		assert_memory_equal(data[i], disk + 65536 + i * 2048, 2048);
	bdev_release(bd);
}

static void test_device_error(void **state)
{
	static const enum fault faults[] = {FAULT_STATUS, FAULT_NO_STATUS, FAULT_SHORT};
	struct bdev *bd = bdev_find("ld0");
	uint8_t buf[512];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		good.m_fault = faults[i];
		assert_int_equal(bdev_rw(bd, BIO_READ, 0, buf, 512), RUMP_EIO);
	}
	good.m_fault = FAULT_NONE;
	assert_int_equal(bdev_rw(bd, BIO_READ, 0, buf, 512), 0); /* the device continues to work */
	bdev_release(bd);
}

/* It breaks the protocol with requests in flight: all of them end, and so do later ones (I4). */
static void test_faulty(void **state)
{
	unsigned n = *(unsigned *)*state;
	struct model *bad = &faulty[n];
	char name[] = {'l', 'd', (char)('3' + n), 0};
	struct bdev *bd = bdev_find(name);
	uint8_t buf[512];

	assert_non_null(bd);
	assert_int_equal(bdev_rw(bd, BIO_READ, 0, buf, 512), 0);
	pthread_mutex_lock(&bad->m_lock);
	hold = true;
	pthread_mutex_unlock(&bad->m_lock);
	many_submit(bd);
	pthread_mutex_lock(&bad->m_lock);
	hold = false;
	assert_true(nheld > 1);
	bad->m_fault = faults[n];
	request_do(bad, &held[--nheld]);
	nheld = 0;
	pthread_mutex_unlock(&bad->m_lock);
	many_wait();
	assert_true(done_errors >= MANY - 1);
	assert_int_equal(bad->m_status, 128); /* reset, FAILED */
	assert_int_equal(bdev_rw(bd, BIO_READ, 0, buf, 512), RUMP_EIO);
	assert_int_equal(bdev_rw(bd, BIO_WRITE, 0, buf, 512), RUMP_EIO);
	assert_int_equal(bdev_flush(bd), RUMP_EIO);
	bdev_release(bd);
}

int main(void)
{
	static unsigned nth[4] = {0, 1, 2, 3};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_io),
		cmocka_unit_test(test_readonly),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_bounce),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_device_error),
		cmocka_unit_test_prestate(test_faulty, &nth[0]),
		cmocka_unit_test_prestate(test_faulty, &nth[1]),
		cmocka_unit_test_prestate(test_faulty, &nth[2]),
		cmocka_unit_test_prestate(test_faulty, &nth[3]),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
