/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The composition's file systems (docs/composition.md, MOUNTn). The storage backend starts with a
 * root of its own in memory, with its devices under /dev. The file system for "/" is mounted on a
 * directory of it, the others below that, and then the directory becomes posix's root.
 */
#include "base/os.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "fs/mount.h"

#define NEW_ROOT "/root"
#define WORDS 4

struct buffer { /* shared with the backend */
	char path[1024];
	char target[1024];
	char type[32];
	char device[64];
	union {
		struct rump_ufs_args ufs;
		struct rump_tmpfs_args tmpfs;
	} args;
};

static void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void fail(const char *format, ...)
{
	char text[224] = {0};
	size_t len;
	va_list args;

	va_start(args, format);
	cos_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cos_log("posix: %s\n", text);
	len = strlen(text);
	for (size_t at = 0; at <= len; at += 32) {
		unsigned long w[4] = {0};
		size_t n = MIN(len - at, (size_t)32);

		memcpy(w, text + at, n);
		console_fail(n, w[0], w[1], w[2], w[3]);
		if (n < 32)
			break;
	}
}

/* One word of fstab(5) form: "\040" and the like are bytes. Where it ended. */
static const char *word(const char *s, char *out, size_t size)
{
	size_t n = 0;

	while (*s == ' ')
		s++;
	for (; *s && *s != ' '; s++) {
		char c = *s;

		if (c == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			c = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		}
		if (n + 1 < size)
			out[n++] = c;
	}
	out[n] = 0;
	return s;
}

/* "virtio-blk#1" is the backend's /dev/ld1; a path is itself. */
static bool device_path(const char *device, char *out, size_t size)
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

static const char *reason(long error)
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

/* File systems on a disk, by NetBSD's names; which of them there are, the storage backend decides. */
static const char *disk_type(const char *type)
{
	if (strcmp(type, "ext2") == 0)
		return "ext2fs";
	return strcmp(type, "ffs") == 0 ? type : NULL;
}

static bool mount_one(struct buffer *b, const char *spec, bool root_mounted)
{
	char type[32], device[64], path[512], options[256];
	size_t len;
	int flags;
	long r;

	spec = word(spec, type, sizeof(type));
	spec = word(spec, device, sizeof(device));
	spec = word(spec, path, sizeof(path));
	word(spec, options, sizeof(options));
	flags = strncmp(options, "ro", 2) == 0 && (options[2] == 0 || options[2] == ',')
			? RUMP_MNT_RDONLY
			: 0;
	if (strcmp(path, "/") == 0 && root_mounted) {
		fail("mount /: there are two of them");
		return false;
	}
	cos_snprintf(b->path, sizeof(b->path), "%s%s", NEW_ROOT, strcmp(path, "/") ? path : "");
	memset(&b->args, 0, sizeof(b->args));
	if (disk_type(type)) {
		strlcpy(b->type, disk_type(type), sizeof(b->type));
		if (!device_path(device, b->device, sizeof(b->device))) {
			fail("mount %s: device %s is of no known kind", path, device);
			return false;
		}
		b->args.ufs.fspec = b->device;
		len = sizeof(b->args.ufs);
	} else if (strcmp(type, "tmpfs") == 0) {
		strlcpy(b->type, "tmpfs", sizeof(b->type));
		b->args.tmpfs.ta_version = RUMP_TMPFS_ARGS_VERSION;
		b->args.tmpfs.ta_root_mode = strcmp(path, "/") ? 01777 : 0755;
		len = sizeof(b->args.tmpfs);
	} else {
		fail("mount %s: file system type %s is not known", path, type);
		return false;
	}
	/* The mount point may be missing in a file system that is writable. */
	storage_call(RUMP_SYS_mkdir, b->path, 0755);
	r = storage_call(RUMP_SYS___mount50, b->type, b->path, flags, &b->args, len);
	if (r < 0) {
		fail("cannot mount %s (%s) on %s: %s (error %ld)", device, type, path, reason(r),
		     -r);
		return false;
	}
	return true;
}

bool mount_all(void)
{
	struct buffer *b;
	char key[16];
	long shm;

	if (!storage_present())
		return true;
	shm = mem_shm_create(sizeof(*b));
	if (shm < 0) {
		fail("no memory for a buffer that storage sees");
		return false;
	}
	b = (struct buffer *)shm;
	storage_call(RUMP_SYS_umask, 0); /* posix applies its programs' own */
	if (cos_param("MOUNT0")) {
		strlcpy(b->path, NEW_ROOT, sizeof(b->path));
		storage_call(RUMP_SYS_mkdir, b->path, 0755);
		for (unsigned i = 0;; i++) {
			const char *spec;

			cos_snprintf(key, sizeof(key), "MOUNT%u", i);
			spec = cos_param(key);
			if (!spec)
				break;
			if (!mount_one(b, spec, i > 0))
				return false;
		}
		strlcpy(b->path, NEW_ROOT, sizeof(b->path));
		if (storage_call(RUMP_SYS_chroot, b->path) < 0) {
			fail("cannot make %s the root", NEW_ROOT);
			return false;
		}
	}
	strlcpy(b->path, "/", sizeof(b->path));
	storage_call(RUMP_SYS_chdir, b->path);
	mem_shm_destroy((unsigned long)shm);
	return true;
}

void mount_end(void)
{
	long shm = storage_present() ? mem_shm_create(sizeof(struct buffer)) : -COS_ENOENT;
	struct buffer *b = (struct buffer *)shm;
	char key[16], options[256];
	unsigned n = 0;

	storage_call(RUMP_SYS_sync);
	if (shm < 0)
		return;
	do
		cos_snprintf(key, sizeof(key), "MOUNT%u", n++);
	while (cos_param(key));
	/* The last one first: it may stand on an earlier one. */
	for (n--; n-- > 0;) {
		const char *spec;

		cos_snprintf(key, sizeof(key), "MOUNT%u", n);
		spec = word(cos_param(key), b->type, sizeof(b->type));
		spec = word(spec, b->device, sizeof(b->device));
		spec = word(spec, b->path, sizeof(b->path));
		word(spec, options, sizeof(options));
		if (!disk_type(b->type) || strncmp(options, "rw", 2) != 0)
			continue;
		strlcpy(b->type, disk_type(b->type), sizeof(b->type));
		memset(&b->args, 0, sizeof(b->args)); /* the device that it is on */
		long r = storage_call(RUMP_SYS___mount50, b->type, b->path,
				      RUMP_MNT_UPDATE | RUMP_MNT_RDONLY, &b->args.ufs,
				      sizeof(b->args.ufs));
		/* NetBSD makes none read-only that is written; it is not needed any more. */
		if (r == -LX_EOPNOTSUPP)
			r = storage_call(RUMP_SYS_unmount, b->path, RUMP_MNT_FORCE);
		if (r < 0)
			cos_log("posix: %s is written, but not marked clean (error %ld)\n", b->path,
				-r);
	}
	mem_shm_destroy((unsigned long)shm);
}
