/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of file systems: what a composition, NetBSD's mount and Linux's statfs call each. Which of
 * them there are, the storage backend decides; one that is added to it needs a line in fstype.c.
 */
#ifndef POSIX_ABI_FSTYPE_H
#define POSIX_ABI_FSTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <rump/types.h>

/* What mount is given, by type. */
union fs_args {
	struct rump_ufs_args ufs;
	struct rump_tmpfs_args tmpfs;
};

struct fs_type {
	const char *name;   /* in a composition */
	const char *netbsd; /* for mount, and in a statvfs */
	uint32_t magic;	    /* statfs's f_type on Linux (statfs(2)) */
	bool on_disk;	    /* it needs a device, and is marked clean at the end */
	/*
	 * Fill the zeroed args and return their size. args and device are in memory that the
	 * backend sees. root: the file system is mounted on "/".
	 */
	size_t (*fill)(union fs_args *args, char *device, bool root);
};

/* By the name of a composition; NULL: not known. */
const struct fs_type *fs_type_find(const char *name);
/* f_type by NetBSD's name; a type that has no line is reported as tmpfs. */
uint32_t fs_type_magic(const char *netbsd);

#endif
