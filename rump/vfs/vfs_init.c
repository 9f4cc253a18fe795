/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start of the vfs: the caches, a tmpfs as the root, /dev, and the syncer, which writes back data
 * that has been dirty for a while.
 */
#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/printf.h"
#include "kern/softint.h"
#include "kern/string.h"
#include "vfs/buf.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

static struct callout sync_callout;
static struct softint *sync_softint;

static void devnode_path(const struct bdev *bd, char *path, size_t size)
{
	ksnprintf(path, size, "/dev/%s", bd->bd_name);
}

static void devnode_make(struct bdev *bd)
{
	char path[64];
	int error;

	devnode_path(bd, path, sizeof(path));
	error = vfs_mknode(path, RUMP_S_IFBLK | 0640, bd->bd_dev);
	if (error != 0)
		kprintf("%s: error %d\n", path, error);
}

static void devnode_remove(struct bdev *bd)
{
	char path[64];

	devnode_path(bd, path, sizeof(path));
	vfs_rmnode(path);
}

static void release_posix_locks(struct lwp *l, struct file *fp)
{
	lockf_release_proc(file_vnode(fp), l->l_proc);
}

static void syncer(void *arg)
{
	(void)arg;
	vfs_sync_all(false);
	buf_flush_aged(BUF_AGE_NS);
	if (callout_schedule(&sync_callout, BUF_AGE_NS) != 0)
		kprintf("the syncer stops: no memory\n");
}

static void syncer_due(void *arg)
{
	(void)arg;
	softint_schedule(sync_softint);
}

RUMP_COMPONENT(RUMP_COMPONENT_VFS, vfs)
{
	static struct rump_tmpfs_args args = {.ta_version = RUMP_TMPFS_ARGS_VERSION,
					      .ta_root_mode = 0755};
	struct bdev *bd;
	int error;

	vcache_bootstrap();
	namecache_bootstrap();
	mount_bootstrap();
	lockf_bootstrap();
	buf_bootstrap();
	error = vfs_mount("tmpfs", "/", 0, &args, sizeof(args));
	if (error != 0)
		panic("cannot mount the root: error %d", error);
	cwd_bootstrap();
	file_closef_hook = release_posix_locks;
	cdev_bootstrap();
	bdev_attach_hook = devnode_make;
	bdev_detach_hook = devnode_remove;
	for (unsigned i = 0; bdev_list_get(i, &bd); i++) {
		devnode_make(bd);
		bdev_release(bd);
	}
	sync_softint = softint_establish(syncer, NULL);
	callout_init(&sync_callout, syncer_due, NULL);
	if (sync_softint == NULL || callout_schedule(&sync_callout, BUF_AGE_NS) != 0)
		panic("cannot start the syncer");
}
