/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device nodes: block devices, and the character devices null, zero and random.
 *
 * A block device is read and written past all caches, in sectors. A transfer that does not begin
 * and end on a sector goes through a bounce buffer; sp_lock makes the read-modify-write atomic.
 */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/poll.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* Amortises a request over many sectors; more would only cost memory. */
#define BOUNCE_BYTES 65536

struct spec {
	struct vnode *sp_vp;
	struct bdev *sp_dev;   /* NULL: character device */
	struct kmutex sp_lock; /* one read-modify-write at a time */
};

/* One piece, at most as long as a bounce buffer. */
static int block_piece(struct bdev *bd, char *bounce, struct uio *uio)
{
	uint64_t off = (uint64_t)uio->uio_offset, sector = bd->bd_sector;
	uint64_t start = off & ~(sector - 1), end;
	size_t len = uio->uio_resid;
	int error = 0;

	if (len > bd->bd_size - off)
		len = bd->bd_size - off;
	if (len > BOUNCE_BYTES - (off - start))
		len = BOUNCE_BYTES - (off - start);
	end = (off + len + sector - 1) & ~(sector - 1);
	if (uio->uio_rw == UIO_READ || start != off || end != off + len)
		error = bdev_rw(bd, BIO_READ, start, bounce, end - start);
	if (error == 0)
		error = uiomove(bounce + (off - start), len, uio);
	if (error == 0 && uio->uio_rw == UIO_WRITE)
		error = bdev_rw(bd, BIO_WRITE, start, bounce, end - start);
	return error;
}

static int block_rw(struct file *fp, int64_t *off, struct uio *uio)
{
	struct spec *sp = fp->f_data;
	struct bdev *bd = sp->sp_dev;
	char *bounce;
	int error = 0;

	if (*off < 0)
		return RUMP_EINVAL;
	if (uio->uio_rw == UIO_WRITE && bd->bd_excl)
		return RUMP_EBUSY; /* mounted */
	if (uio->uio_rw == UIO_WRITE && uio->uio_resid != 0 && (uint64_t)*off >= bd->bd_size)
		return RUMP_ENOSPC;
	bounce = kmem_alloc_aligned(BOUNCE_BYTES, 4096);
	if (bounce == NULL)
		return RUMP_ENOMEM;
	uio->uio_offset = *off;
	mutex_enter(&sp->sp_lock);
	while (error == 0 && uio->uio_resid != 0 && (uint64_t)uio->uio_offset < bd->bd_size)
		error = block_piece(bd, bounce, uio);
	mutex_exit(&sp->sp_lock);
	*off = uio->uio_offset;
	kmem_free(bounce, BOUNCE_BYTES);
	return error;
}

static int block_ioctl(struct file *fp, unsigned long req, void *data)
{
	struct spec *sp = fp->f_data;
	struct bdev *bd = sp->sp_dev;

	switch (req) {
	case RUMP_DIOCGMEDIASIZE:
		memcpy(data, &(int64_t){(int64_t)bd->bd_size}, sizeof(int64_t));
		return 0;
	case RUMP_DIOCGSECTORSIZE:
		memcpy(data, &(int){(int)bd->bd_sector}, sizeof(int));
		return 0;
	case RUMP_DIOCCACHESYNC:
		return bdev_flush(bd);
	default:
		return bd->bd_ops->bd_ioctl != NULL ? bd->bd_ops->bd_ioctl(bd, req, data)
						    : RUMP_ENOTTY;
	}
}

static int block_seek(struct file *fp, int64_t delta, int whence, int64_t *newoff)
{
	struct spec *sp = fp->f_data;
	int64_t base;

	switch (whence) {
	case RUMP_SEEK_SET:
		base = 0;
		break;
	case RUMP_SEEK_CUR:
		base = fp->f_offset;
		break;
	case RUMP_SEEK_END:
		base = (int64_t)sp->sp_dev->bd_size;
		break;
	default:
		return RUMP_EINVAL;
	}
	if (__builtin_add_overflow(base, delta, newoff))
		return RUMP_EOVERFLOW;
	return *newoff < 0 ? RUMP_EINVAL : 0;
}

static int spec_stat(struct file *fp, struct rump_stat *st)
{
	struct spec *sp = fp->f_data;

	return vn_stat(sp->sp_vp, st);
}

static int spec_close(struct file *fp)
{
	struct spec *sp = fp->f_data;
	int error = 0;

	if (sp->sp_dev != NULL) {
		if (fp->f_flag & FWRITE)
			error = bdev_flush(sp->sp_dev);
		bdev_release(sp->sp_dev);
	}
	vrele(sp->sp_vp);
	mutex_destroy(&sp->sp_lock);
	kmem_free(sp, sizeof(*sp));
	return error;
}

static const struct fileops block_fileops = {
	.fo_name = "block device",
	.fo_read = block_rw,
	.fo_write = block_rw,
	.fo_ioctl = block_ioctl,
	.fo_stat = spec_stat,
	.fo_kqfilter = always_kqfilter,
	.fo_seek = block_seek,
	.fo_close = spec_close,
};

enum cdev_minor { CDEV_NULL = 2, CDEV_ZERO = 12, CDEV_RANDOM = 20, CDEV_URANDOM = 21 };

static int null_read(struct file *fp, int64_t *off, struct uio *uio)
{
	(void)fp;
	(void)off;
	(void)uio;
	return 0;
}

static int null_write(struct file *fp, int64_t *off, struct uio *uio)
{
	(void)fp;
	(void)off;
	uio->uio_resid = 0;
	return 0;
}

static int zero_read(struct file *fp, int64_t *off, struct uio *uio)
{
	(void)fp;
	(void)off;
	return uiomove_zero(uio->uio_resid, uio);
}

static int random_read(struct file *fp, int64_t *off, struct uio *uio)
{
	char buf[256];
	int error = 0;

	(void)fp;
	(void)off;
	while (uio->uio_resid != 0 && error == 0) {
		size_t want = uio->uio_resid < sizeof(buf) ? uio->uio_resid : sizeof(buf), got;

		error = rumpuser_getrandom(buf, want, 0, &got);
		if (error == 0)
			error = uiomove(buf, got, uio);
	}
	return error;
}

#define CDEV_FILEOPS(name, read, write)                                                    \
	{                                                                                  \
		.fo_name = name, .fo_read = read, .fo_write = write, .fo_stat = spec_stat, \
		.fo_kqfilter = always_kqfilter, .fo_close = spec_close,                    \
	}
static const struct fileops null_fileops = CDEV_FILEOPS("null", null_read, null_write);
static const struct fileops zero_fileops = CDEV_FILEOPS("zero", zero_read, null_write);
static const struct fileops random_fileops = CDEV_FILEOPS("random", random_read, null_write);

static const struct {
	const char *path;
	unsigned minor;
	const struct fileops *ops;
} cdevs[] = {
	{"/dev/null", CDEV_NULL, &null_fileops},
	{"/dev/zero", CDEV_ZERO, &zero_fileops},
	{"/dev/random", CDEV_RANDOM, &random_fileops},
	{"/dev/urandom", CDEV_URANDOM, &random_fileops},
};

static const struct fileops *cdev_find(rump_dev_t dev)
{
	for (unsigned i = 0; i < sizeof(cdevs) / sizeof(cdevs[0]); i++)
		if (RUMP_MAKEDEV(CDEV_MAJOR, cdevs[i].minor) == dev)
			return cdevs[i].ops;
	return NULL;
}

/* fp was opened on vp; turn it into an open of the device. Takes the reference to vp on success. */
int spec_open(struct vnode *vp, struct file *fp, unsigned fflag)
{
	struct spec *sp = kmem_zalloc(sizeof(*sp));
	const struct fileops *ops = &block_fileops;
	int error = 0;

	if (sp == NULL)
		return RUMP_ENOMEM;
	if (vp->v_type == VBLK) {
		sp->sp_dev = bdev_find_dev(vp->v_rdev);
		if (sp->sp_dev == NULL)
			error = RUMP_ENXIO;
		else if (fflag & FWRITE && sp->sp_dev->bd_readonly)
			error = RUMP_EROFS;
	} else {
		ops = cdev_find(vp->v_rdev);
		if (ops == NULL)
			error = RUMP_ENXIO;
	}
	if (error != 0) {
		if (sp->sp_dev != NULL)
			bdev_release(sp->sp_dev);
		kmem_free(sp, sizeof(*sp));
		return error;
	}
	mutex_init(&sp->sp_lock);
	sp->sp_vp = vp;
	fp->f_type = DTYPE_MISC;
	fp->f_ops = ops;
	fp->f_data = sp;
	fp->f_seekable = vp->v_type == VBLK;
	return 0;
}

int spec_fsync(struct file *fp)
{
	struct spec *sp;

	if (fp->f_ops != &block_fileops)
		return RUMP_EINVAL;
	sp = fp->f_data;
	return bdev_flush(sp->sp_dev);
}

void cdev_bootstrap(void)
{
	for (unsigned i = 0; i < sizeof(cdevs) / sizeof(cdevs[0]); i++)
		if (vfs_mknode(cdevs[i].path, RUMP_S_IFCHR | 0666,
			       RUMP_MAKEDEV(CDEV_MAJOR, cdevs[i].minor)) != 0)
			panic("cannot make %s", cdevs[i].path);
}
