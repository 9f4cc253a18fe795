/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of file systems. */
#include <cos/string.h>
#include "abi/abi.h"
#include "abi/fstype.h"

/* For every file system that needs a device and nothing else (NetBSD's ufs_args). */
static size_t fill_device(union fs_args *args, char *device, bool root)
{
	(void)root;
	args->ufs.fspec = device;
	return sizeof(args->ufs);
}

static size_t fill_tmpfs(union fs_args *args, char *device, bool root)
{
	(void)device;
	args->tmpfs.ta_version = RUMP_TMPFS_ARGS_VERSION;
	args->tmpfs.ta_root_mode = root ? 0755 : 01777;
	return sizeof(args->tmpfs);
}

/*
 * TYPE(name, NetBSD's name, f_type, on_disk, fill). Each is a symbol, fs_type_NAME__NETBSD, by
 * which r2c knows what a composition may mount (tools/r2c/compose/mounts.c).
 */
/* clang-format off */
#define FS_TYPES(TYPE)							\
	TYPE(ext2, ext2fs, LX_EXT2_MAGIC, true, fill_device)		\
	TYPE(ffs, ffs, LX_UFS_MAGIC, true, fill_device)			\
	TYPE(tmpfs, tmpfs, LX_TMPFS_MAGIC, false, fill_tmpfs)
/* clang-format on */

#define DEFINE(name, netbsd, magic, on_disk, fill)                                                \
	static const struct fs_type fs_type_##name##__##netbsd = {#name, #netbsd, magic, on_disk, \
								  fill};
FS_TYPES(DEFINE)
#define POINTER(name, netbsd, magic, on_disk, fill) &fs_type_##name##__##netbsd,
static const struct fs_type *const types[] = {FS_TYPES(POINTER)};
#define NTYPES (sizeof(types) / sizeof(types[0]))

const struct fs_type *fs_type_find(const char *name)
{
	for (unsigned i = 0; i < NTYPES; i++)
		if (strcmp(name, types[i]->name) == 0)
			return types[i];
	return NULL;
}

uint32_t fs_type_magic(const char *netbsd)
{
	for (unsigned i = 0; i < NTYPES; i++)
		if (strcmp(netbsd, types[i]->netbsd) == 0)
			return types[i]->magic;
	return LX_TMPFS_MAGIC;
}
