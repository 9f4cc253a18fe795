/* SPDX-License-Identifier: BSD-2-Clause */
/* md, the RAM disk (md.h). */
#include "dev/md/md.h"

#include <rump/errno.h>

#include "kern/bdev.h"
#include "kern/component.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/string.h"

#define SECTOR 512

struct md {
	struct bdev md_dev;
	char *md_disk;
	bool md_own;
};

/* A transfer is a copy, complete before this returns. */
static void md_strategy(struct bdev *bd, struct bio *bio)
{
	struct md *md = bd->bd_softc;
	char *at = md->md_disk + bio->b_off;

	for (unsigned i = 0; i < bio->b_nvec && bio->b_op != BIO_FLUSH; i++) {
		const struct bio_vec *v = &bio->b_vec[i];

		if (bio->b_op == BIO_READ)
			memcpy(v->bv_base, at, v->bv_len);
		else
			memcpy(at, v->bv_base, v->bv_len);
		at += v->bv_len;
	}
	bio_done(bio, 0);
}

static void md_free(struct bdev *bd)
{
	struct md *md = bd->bd_softc;

	if (md->md_own)
		rumpuser_unmap(md->md_disk, bd->bd_size);
	kmem_free(md, sizeof(*md));
}

static const struct bdev_ops md_ops = {.bd_strategy = md_strategy, .bd_free = md_free};

static int md_attach(unsigned unit, void *disk, uint64_t size)
{
	struct md *md;
	int error;

	if (size == 0 || size % SECTOR != 0)
		return RUMP_EINVAL;
	md = kmem_zalloc(sizeof(*md));
	if (md == NULL)
		return RUMP_ENOMEM;
	md->md_own = disk == NULL;
	if (disk == NULL && rumpuser_anonmmap(NULL, size, 0, 0, &disk) != 0) {
		kmem_free(md, sizeof(*md));
		return RUMP_ENOMEM;
	}
	md->md_disk = disk;
	md->md_dev.bd_ops = &md_ops;
	md->md_dev.bd_softc = md;
	md->md_dev.bd_size = size;
	md->md_dev.bd_sector = SECTOR;
	ksnprintf(md->md_dev.bd_name, sizeof(md->md_dev.bd_name), "md%u", unit);
	error = bdev_attach(&md->md_dev);
	if (error != 0)
		md_free(&md->md_dev);
	return error;
}

static int md_detach(unsigned unit)
{
	char name[32];
	struct bdev *bd;
	int error = RUMP_ENXIO;

	ksnprintf(name, sizeof(name), "md%u", unit);
	bd = bdev_find(name);
	if (bd == NULL)
		return error;
	if (bd->bd_ops == &md_ops)
		error = bdev_detach(bd);
	bdev_release(bd);
	return error;
}

int rump_md_attach(unsigned unit, void *disk, uint64_t size)
{
	int error;

	rump_schedule();
	error = md_attach(unit, disk, size);
	rump_unschedule();
	return error;
}

int rump_md_detach(unsigned unit)
{
	int error;

	rump_schedule();
	error = md_detach(unit);
	rump_unschedule();
	return error;
}

RUMP_COMPONENT(RUMP_COMPONENT_DEV, md)
{
	char buf[32];
	uint64_t size;
	int error;

	if (rumpuser_getparam("RUMP_MD", buf, sizeof(buf)) != 0)
		return;
	size = kmem_parse_size(buf);
	error = md_attach(0, NULL, size & ~(uint64_t)(SECTOR - 1));
	if (error != 0)
		kprintf("md0: RUMP_MD=%s: error %d\n", buf, error);
}
