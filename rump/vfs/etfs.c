/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host files as block devices (NetBSD's "extra-terrestrial" files): a file of the host appears as a
 * device under a path of the rump kernel.
 *
 * Supported: reads, writes, flushes, a part of a file as the device. Not supported: regular files,
 * character devices and directories of the host (EOPNOTSUPP).
 *
 * Each vector of a bio is one rumpuser_bio; the last of them to end completes the bio.
 */
#include <rump/errno.h>
#include <rump/rump.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

#define SECTOR 512

struct etfs {
	struct bdev et_dev;
	int et_fd;
	uint64_t et_begin;
	char *et_key;
	struct list et_node;
};

struct etfs_io {
	struct bio *io_bio;
	_Atomic unsigned io_left;
	_Atomic int io_error;
};

/* A vector has an argument of its own: rumpuser_bio reports only the length. */
struct etfs_piece {
	struct etfs_io *io;
	size_t len;
};

static struct kmutex etfs_lock;
static struct list etfs_list = LIST_INIT(etfs_list);
static unsigned etfs_unit;

static size_t io_size(unsigned nvec)
{
	return sizeof(struct etfs_io) + nvec * sizeof(struct etfs_piece);
}

static void piece_done(void *arg, size_t done, int error)
{
	struct etfs_piece *piece = arg;
	struct etfs_io *io = piece->io;
	struct bio *bio;

	if (error == 0 && done != piece->len)
		error = RUMP_EIO;
	if (error != 0)
		io->io_error = error;
	if (atomic_fetch_sub(&io->io_left, 1) != 1)
		return;
	bio = io->io_bio;
	error = io->io_error;
	kmem_free(io, io_size(bio->b_nvec));
	bio_done(bio, error);
}

static void etfs_strategy(struct bdev *bd, struct bio *bio)
{
	struct etfs *et = bd->bd_softc;
	uint64_t off = et->et_begin + bio->b_off;
	unsigned nvec = bio->b_nvec;
	struct etfs_piece *pieces;
	struct etfs_io *io;

	if (bio->b_op == BIO_FLUSH) {
		/* The host has no asynchronous flush, so the submitter waits for it here. */
		bio_done(bio, rumpuser_syncfd(et->et_fd,
					      RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC, 0, 0));
		return;
	}
	io = kmem_alloc(io_size(nvec));
	if (io == NULL) {
		bio_done(bio, RUMP_ENOMEM);
		return;
	}
	pieces = (struct etfs_piece *)(io + 1);
	io->io_bio = bio;
	io->io_left = nvec;
	io->io_error = 0;
	/*
	 * After the last rumpuser_bio the bio and io may be complete and freed: neither may be
	 * used.
	 */
	for (unsigned i = 0; i < nvec; i++) {
		struct bio_vec v = bio->b_vec[i];

		pieces[i] = (struct etfs_piece){io, v.bv_len};
		rumpuser_bio(et->et_fd,
			     bio->b_op == BIO_READ ? RUMPUSER_BIO_READ : RUMPUSER_BIO_WRITE,
			     v.bv_base, v.bv_len, (int64_t)off, piece_done, &pieces[i]);
		off += v.bv_len;
	}
}

static void etfs_free(struct bdev *bd)
{
	struct etfs *et = bd->bd_softc;

	rumpuser_close(et->et_fd);
	kmem_strfree(et->et_key);
	kmem_free(et, sizeof(*et));
}

static const struct bdev_ops etfs_ops = {.bd_strategy = etfs_strategy, .bd_free = etfs_free};

static int etfs_open(struct etfs *et, const char *hostpath, uint64_t begin, uint64_t size)
{
	uint64_t filesize;
	int type, error = rumpuser_getfileinfo(hostpath, &filesize, &type);

	if (error != 0)
		return error;
	if (type != RUMPUSER_FT_REG && type != RUMPUSER_FT_BLK)
		return RUMP_ENOTBLK;
	if (begin % SECTOR != 0 || begin > filesize)
		return RUMP_EINVAL;
	if (size == RUMP_ETFS_SIZE_ENDOFF)
		size = filesize - begin;
	if (size > filesize - begin)
		return RUMP_EINVAL;
	et->et_begin = begin;
	et->et_dev.bd_size = size & ~(uint64_t)(SECTOR - 1);
	error = rumpuser_open(hostpath, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_BIO, &et->et_fd);
	if (error == RUMP_EACCES || error == RUMP_EROFS || error == RUMP_EPERM) {
		et->et_dev.bd_readonly = true;
		error = rumpuser_open(hostpath, RUMPUSER_OPEN_RDONLY | RUMPUSER_OPEN_BIO,
				      &et->et_fd);
	}
	return error;
}

static int etfs_register(const char *key, const char *hostpath, enum rump_etfs_type type,
			 uint64_t begin, uint64_t size)
{
	struct etfs *et;
	int error;

	if (key[0] != '/')
		return RUMP_EINVAL;
	if (type != RUMP_ETFS_BLK)
		return RUMP_EOPNOTSUPP;
	et = kmem_zalloc(sizeof(*et));
	if (et == NULL)
		return RUMP_ENOMEM;
	et->et_dev.bd_ops = &etfs_ops;
	et->et_dev.bd_softc = et;
	et->et_dev.bd_sector = SECTOR;
	et->et_key = kmem_strdup(key);
	error = et->et_key != NULL ? etfs_open(et, hostpath, begin, size) : RUMP_ENOMEM;
	if (error != 0) {
		kmem_strfree(et->et_key);
		kmem_free(et, sizeof(*et));
		return error;
	}
	mutex_enter(&etfs_lock);
	ksnprintf(et->et_dev.bd_name, sizeof(et->et_dev.bd_name), "etfs%u", etfs_unit++);
	mutex_exit(&etfs_lock);
	error = bdev_attach(&et->et_dev);
	if (error == 0) {
		error = vfs_mknode(key, RUMP_S_IFBLK | 0640, et->et_dev.bd_dev);
		if (error != 0) {
			bdev_detach(&et->et_dev);
			return error;
		}
	} else {
		etfs_free(&et->et_dev);
		return error;
	}
	mutex_enter(&etfs_lock);
	list_insert_tail(&etfs_list, &et->et_node);
	mutex_exit(&etfs_lock);
	return 0;
}

static int etfs_remove(const char *key)
{
	struct etfs *et = NULL;
	struct list *n;
	int error;

	mutex_enter(&etfs_lock);
	list_foreach(n, &etfs_list) {
		if (strcmp(list_entry(n, struct etfs, et_node)->et_key, key) == 0) {
			et = list_entry(n, struct etfs, et_node);
			list_remove(&et->et_node);
			break;
		}
	}
	mutex_exit(&etfs_lock);
	if (et == NULL)
		return RUMP_ENOENT;
	if (et->et_dev.bd_refs > 1 || et->et_dev.bd_excl)
		error = RUMP_EBUSY;
	else
		error = vfs_rmnode(key);
	if (error == 0)
		error = bdev_detach(&et->et_dev);
	if (error != 0) {
		mutex_enter(&etfs_lock);
		list_insert_tail(&etfs_list, &et->et_node);
		mutex_exit(&etfs_lock);
	}
	return error;
}

int rump_pub_etfs_register_withsize(const char *key, const char *hostpath, enum rump_etfs_type type,
				    uint64_t begin, uint64_t size)
{
	int error;

	rump_schedule();
	error = etfs_register(key, hostpath, type, begin, size);
	rump_unschedule();
	return error;
}

int rump_pub_etfs_register(const char *key, const char *hostpath, enum rump_etfs_type type)
{
	return rump_pub_etfs_register_withsize(key, hostpath, type, 0, RUMP_ETFS_SIZE_ENDOFF);
}

int rump_pub_etfs_remove(const char *key)
{
	int error;

	rump_schedule();
	error = etfs_remove(key);
	rump_unschedule();
	return error;
}

RUMP_COMPONENT(RUMP_COMPONENT_VFS, etfs)
{
	mutex_init(&etfs_lock);
}
