/* SPDX-License-Identifier: BSD-2-Clause */
/* Partitions as block devices (part.h). */
#include "dev/part/part.h"

#include <rump/errno.h>

#include "kern/component.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

struct part {
	struct bdev pt_dev;
	struct bdev *pt_whole; /* referenced */
	uint64_t pt_start;     /* bytes */
};

/* The range was checked against the partition; on the disk it is pt_start further. */
static void part_strategy(struct bdev *bd, struct bio *bio)
{
	struct part *pt = bd->bd_softc;

	bio->b_dev = pt->pt_whole;
	bio->b_off += pt->pt_start;
	pt->pt_whole->bd_ops->bd_strategy(pt->pt_whole, bio);
}

static void part_free(struct bdev *bd)
{
	struct part *pt = bd->bd_softc;

	bdev_release(pt->pt_whole);
	kmem_free(pt, sizeof(*pt));
}

static const struct bdev_ops part_ops = {.bd_strategy = part_strategy, .bd_free = part_free};

static void part_attach(struct bdev *bd, unsigned number, uint64_t first, uint64_t count)
{
	uint64_t sectors = bd->bd_size / bd->bd_sector;
	struct part *pt;

	if (count == 0 || first >= sectors || count > sectors - first) {
		kprintf("%sp%u: not on the disk\n", bd->bd_name, number);
		return;
	}
	pt = kmem_zalloc(sizeof(*pt));
	if (pt == NULL) {
		kprintf("%sp%u: no memory\n", bd->bd_name, number);
		return;
	}
	pt->pt_start = first * bd->bd_sector;
	pt->pt_dev = (struct bdev){.bd_ops = &part_ops,
				   .bd_softc = pt,
				   .bd_size = count * bd->bd_sector,
				   .bd_sector = bd->bd_sector,
				   .bd_maxio = bd->bd_maxio,
				   .bd_maxvec = bd->bd_maxvec,
				   .bd_readonly = bd->bd_readonly};
	ksnprintf(pt->pt_dev.bd_name, sizeof(pt->pt_dev.bd_name), "%sp%u", bd->bd_name, number);
	/* The caller may drop its reference while the partition still exists. */
	atomic_fetch_add(&bd->bd_refs, 1);
	pt->pt_whole = bd;
	if (bdev_attach(&pt->pt_dev) != 0) {
		kprintf("%s: the name is taken\n", pt->pt_dev.bd_name);
		part_free(&pt->pt_dev);
		return;
	}
	kprintf("%s: %llu KiB\n", pt->pt_dev.bd_name,
		(unsigned long long)(pt->pt_dev.bd_size / 1024));
}

static void disk_probe(struct bdev *bd)
{
	bool protects_gpt = false;
	int error = mbr_read(bd, part_attach, &protects_gpt);

	if (error == 0 && protects_gpt)
		error = gpt_read(bd, part_attach);
	if (error != 0 && error != RUMP_ENOENT)
		kprintf("%s: partitions: error %d\n", bd->bd_name, error);
}

/* Partitions found now are appended to the list of devices; they have no tables themselves. */
RUMP_COMPONENT(RUMP_COMPONENT_POSTINIT, part)
{
	struct bdev *bd;

	for (unsigned i = 0; bdev_list_get(i, &bd); i++) {
		if (bd->bd_ops != &part_ops)
			disk_probe(bd);
		bdev_release(bd);
	}
}
