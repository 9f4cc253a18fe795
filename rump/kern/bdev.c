/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block devices: registration, references, and the checks and waits around a driver's bd_strategy
 * (bdev.h).
 */
#include "kern/bdev.h"

#include <rump/errno.h>

#include "kern/init.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "kern/sync.h"

void (*bdev_attach_hook)(struct bdev *bd);
void (*bdev_detach_hook)(struct bdev *bd);

static struct kmutex lock;
static struct list all = LIST_INIT(all);
static uint32_t next_minor;

void bdev_bootstrap(void)
{
	mutex_init(&lock);
}

static struct bdev *find_name(const char *name)
{
	struct list *n;

	list_foreach(n, &all) {
		struct bdev *bd = list_entry(n, struct bdev, bd_node);

		if (strcmp(bd->bd_name, name) == 0)
			return bd;
	}
	return NULL;
}

int bdev_attach(struct bdev *bd)
{
	KASSERT(bd->bd_sector >= 512 && (bd->bd_sector & (bd->bd_sector - 1)) == 0);
	mutex_enter(&lock);
	if (find_name(bd->bd_name) != NULL) {
		mutex_exit(&lock);
		return RUMP_EEXIST;
	}
	bd->bd_dev = RUMP_MAKEDEV(BDEV_MAJOR, next_minor);
	next_minor++;
	bd->bd_refs = 1;
	bd->bd_gone = false;
	bd->bd_excl = 0;
	list_insert_tail(&all, &bd->bd_node);
	mutex_exit(&lock);
	if (bdev_attach_hook != NULL)
		bdev_attach_hook(bd);
	return 0;
}

int bdev_detach(struct bdev *bd)
{
	mutex_enter(&lock);
	if (bd->bd_excl != 0) {
		mutex_exit(&lock);
		return RUMP_EBUSY;
	}
	list_remove(&bd->bd_node);
	bd->bd_gone = true;
	mutex_exit(&lock);
	if (bdev_detach_hook != NULL)
		bdev_detach_hook(bd);
	bdev_release(bd);
	return 0;
}

struct bdev *bdev_find(const char *name)
{
	struct bdev *bd;

	mutex_enter(&lock);
	bd = find_name(name);
	if (bd != NULL)
		atomic_fetch_add(&bd->bd_refs, 1);
	mutex_exit(&lock);
	return bd;
}

struct bdev *bdev_find_dev(rump_dev_t dev)
{
	struct bdev *found = NULL;
	struct list *n;

	mutex_enter(&lock);
	list_foreach(n, &all) {
		struct bdev *bd = list_entry(n, struct bdev, bd_node);

		if (bd->bd_dev == dev) {
			found = bd;
			atomic_fetch_add(&bd->bd_refs, 1);
			break;
		}
	}
	mutex_exit(&lock);
	return found;
}

bool bdev_list_get(unsigned index, struct bdev **bdp)
{
	struct list *n;

	mutex_enter(&lock);
	list_foreach(n, &all) {
		if (index-- == 0) {
			*bdp = list_entry(n, struct bdev, bd_node);
			atomic_fetch_add(&(*bdp)->bd_refs, 1);
			mutex_exit(&lock);
			return true;
		}
	}
	mutex_exit(&lock);
	return false;
}

int bdev_claim(struct bdev *bd)
{
	int error = 0;

	mutex_enter(&lock);
	if (bd->bd_gone)
		error = RUMP_ENXIO;
	else if (bd->bd_excl != 0)
		error = RUMP_EBUSY;
	else
		bd->bd_excl = 1;
	mutex_exit(&lock);
	return error;
}

void bdev_unclaim(struct bdev *bd)
{
	mutex_enter(&lock);
	bd->bd_excl = 0;
	mutex_exit(&lock);
}

void bdev_release(struct bdev *bd)
{
	if (atomic_fetch_sub(&bd->bd_refs, 1) == 1 && bd->bd_ops->bd_free != NULL)
		bd->bd_ops->bd_free(bd);
}

static int bio_check(const struct bio *bio)
{
	const struct bdev *bd = bio->b_dev;
	uint64_t len = 0;

	if (bd->bd_gone)
		return RUMP_ENXIO;
	if (bio->b_op == BIO_FLUSH)
		return 0;
	if (bio->b_op == BIO_WRITE && bd->bd_readonly)
		return RUMP_EROFS;
	for (unsigned i = 0; i < bio->b_nvec; i++) {
		if ((bio->b_vec[i].bv_len & (bd->bd_sector - 1)) != 0)
			return RUMP_EINVAL;
		len += bio->b_vec[i].bv_len;
	}
	if ((bio->b_off & (bd->bd_sector - 1)) != 0 || len == 0)
		return RUMP_EINVAL;
	if (bio->b_off > bd->bd_size || len > bd->bd_size - bio->b_off)
		return RUMP_ENXIO;
	return 0;
}

void bio_submit(struct bio *bio)
{
	int error = bio_check(bio);

	if (error != 0)
		bio_done(bio, error);
	else
		bio->b_dev->bd_ops->bd_strategy(bio->b_dev, bio);
}

void bio_done(struct bio *bio, int error)
{
	bio->b_error = error;
	bio->b_done(bio);
}

struct waiter {
	struct kmutex lock;
	struct kcv cv;
	bool done;
};

static void wake_waiter(struct bio *bio)
{
	struct waiter *w = bio->b_arg;

	mutex_enter(&w->lock);
	w->done = true;
	cv_signal(&w->cv);
	mutex_exit(&w->lock);
}

int bio_wait(struct bio *bio)
{
	struct waiter w = {.done = false};

	mutex_init(&w.lock);
	cv_init(&w.cv);
	bio->b_done = wake_waiter;
	bio->b_arg = &w;
	bio_submit(bio);
	mutex_enter(&w.lock);
	while (!w.done)
		cv_wait(&w.cv, &w.lock);
	mutex_exit(&w.lock);
	cv_destroy(&w.cv);
	mutex_destroy(&w.lock);
	return bio->b_error;
}

int bdev_flush(struct bdev *bd)
{
	struct bio bio = {.b_op = BIO_FLUSH, .b_dev = bd};

	return bd->bd_readonly ? 0 : bio_wait(&bio);
}

int bdev_rw(struct bdev *bd, enum bio_op op, uint64_t off, void *buf, size_t len)
{
	size_t step = bd->bd_maxio != 0 ? bd->bd_maxio : len;
	int error = 0;

	while (len != 0 && error == 0) {
		struct bio_vec vec = {buf, len < step ? len : step};
		struct bio bio = {
			.b_op = op, .b_dev = bd, .b_off = off, .b_vec = &vec, .b_nvec = 1};

		error = bio_wait(&bio);
		off += vec.bv_len;
		buf = (char *)buf + vec.bv_len;
		len -= vec.bv_len;
	}
	return error;
}
