/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disks of a rump kernel under the names that posix mounts them by, /dev/ld0 and on.
 *
 * Disks that another component drives (interface/block) become block devices here, by etfs: the
 * other's ld0 and its partition ld0p1 are /dev/ld0 and /dev/ld0p1.
 * Disks that NetBSD's own drivers drive have a name for each part of NetBSD's label, /dev/ld0a and
 * on, where "d" is all of the disk: /dev/ld0 is made to lead there.
 * A rump kernel without files has none of these.
 */
#include "disks.h"

#include <rump/rump.h>
#include <rump/rump_syscalls.h>

#include "rumpuser/cos/hyp.h"

/* UEFI 2.10, 5.3.2: a table has room for as many at least, and is not made larger in practice. */
#define PARTITIONS_MAX 128
#define NAME_MAX 32

extern __typeof__(rump_pub_etfs_register) rump_pub_etfs_register __attribute__((weak));

/* False: there is no such disk. */
static bool block_attach(const char *name)
{
	char host[NAME_MAX], key[NAME_MAX];
	int error;

	cos_snprintf(host, sizeof(host), "block:%s", name);
	rumpuser__hyp.hyp_schedule();
	error = rumpuser_getfileinfo(host, NULL, NULL);
	rumpuser__hyp.hyp_unschedule();
	if (error)
		return false;
	cos_snprintf(key, sizeof(key), "/dev/%s", name);
	error = rump_pub_etfs_register(key, host, RUMP_ETFS_BLK);
	if (error)
		cos_log("%s of another component cannot be %s here: error %d\n", name, key, error);
	return true;
}

static void blocks_attach(void)
{
	char name[NAME_MAX];

	for (unsigned disk = 0;; disk++) {
		cos_snprintf(name, sizeof(name), "ld%u", disk);
		if (!block_attach(name))
			return;
		for (unsigned part = 1; part <= PARTITIONS_MAX; part++) {
			cos_snprintf(name, sizeof(name), "ld%up%u", disk, part);
			block_attach(name);
		}
	}
}

static void labels_attach(void)
{
	char whole[NAME_MAX], name[NAME_MAX];
	struct rump_stat st;

	for (unsigned disk = 0;; disk++) {
		cos_snprintf(whole, sizeof(whole), "/dev/ld%ud", disk);
		cos_snprintf(name, sizeof(name), "/dev/ld%u", disk);
		if (rump_sys_stat(whole, &st) != 0)
			return;
		if (rump_sys_stat(name, &st) != 0 && rump_sys_symlink(whole, name) != 0)
			cos_log("%s cannot be made to lead to %s\n", name, whole);
	}
}

void disks_attach(void)
{
	if (!rump_pub_etfs_register)
		return;
	blocks_attach();
	labels_attach();
}
