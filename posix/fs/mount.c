/* SPDX-License-Identifier: BSD-2-Clause */
/* Mounting a file system of the storage backend. */
#include "base/os.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "fs/mount.h"

bool mount_device(const char *device, char *out, size_t size)
{
	const char *number = strchr(device, '#');

	if (device[0] == '/')
		return strlcpy(out, device, size) < size;
	if (strncmp(device, "md", 2) == 0)
		return cos_snprintf(out, size, "/dev/%s", device) < (int)size;
	if (strncmp(device, "virtio-blk", 10) != 0)
		return false;
	return cos_snprintf(out, size, "/dev/ld%s", number ? number + 1 : "0") < (int)size;
}

const char *mount_reason(long error)
{
	switch (-error) {
	case LX_ENOENT:
	case LX_ENXIO:
		return "no such device";
	case LX_ENODEV:
		return "storage has no such file system";
	case LX_EINVAL:
		return "not a file system of that type, or a damaged one";
	case LX_EIO:
		return "the device cannot be read";
	case LX_EOPNOTSUPP:
		return "the file system needs features that are not supported";
	default:
		return "mount failed";
	}
}

long mount_fs(struct mount_buffer *b, const struct fs_type *type, bool root, bool readonly)
{
	size_t len;

	strlcpy(b->type, type->netbsd, sizeof(b->type));
	memset(&b->args, 0, sizeof(b->args));
	len = type->fill(&b->args, b->device, root);
	/* The mount point may be missing in a file system that is writable. */
	storage_call(RUMP_SYS_mkdir, b->path, 0755);
	return storage_call(RUMP_SYS___mount50, b->type, b->path, readonly ? RUMP_MNT_RDONLY : 0,
			    &b->args, len);
}

long mount_clean(struct mount_buffer *b, const struct fs_type *type)
{
	long r;

	strlcpy(b->type, type->netbsd, sizeof(b->type));
	memset(&b->args, 0, sizeof(b->args)); /* no new device */
	r = storage_call(RUMP_SYS___mount50, b->type, b->path, RUMP_MNT_UPDATE | RUMP_MNT_RDONLY,
			 &b->args.ufs, sizeof(b->args.ufs));
	/* NetBSD does not make a file system read-only that has files open for writing. */
	if (r == -LX_EOPNOTSUPP)
		r = storage_call(RUMP_SYS_unmount, b->path, RUMP_MNT_FORCE);
	return r;
}
