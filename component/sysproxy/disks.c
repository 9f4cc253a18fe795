/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disks of a rump kernel under the names by which posix mounts them, /dev/ld0 and up.
 *
 * Disks of another component (interface/block) become block devices here by etfs: that component's
 * ld0 and its partition ld0p1 are /dev/ld0 and /dev/ld0p1.
 *
 * Disks of NetBSD's own drivers have a name for each part of NetBSD's label, /dev/ld0a and up; "d"
 * is the whole disk. /dev/ld0 becomes a symbolic link to /dev/ld0d.
 *
 * A rump kernel without files has neither.
 */
#include "disks.h"

#include <rump/rump.h>
#include <rump/rump_syscalls.h>

#include "rumpuser/cos/hyp.h"

/* UEFI 2.10, 5.3.2: a table has room for at least as many; tables in use are not larger. */
#define PARTITIONS_MAX 128
/* Room for "block:ld" with the number of any disk and partition. */
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
		cos_log("%s: cannot attach %s of another component: error %d\n", key, name, error);
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
			cos_log("%s: cannot make it a link to %s\n", name, whole);
	}
}

void disks_attach(void)
{
	if (!rump_pub_etfs_register)
		return;
	blocks_attach();
	labels_attach();
}
