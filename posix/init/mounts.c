/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The composition's file systems (docs/composition.md, MOUNTn). The storage backend starts with a
 * root of its own in memory, with its devices under /dev. The file system for "/" is mounted on a
 * directory of it (NEW_ROOT), the others below that, and then the directory becomes posix's root.
 */
#include "base/os.h"
#include "abi/fstype.h"
#include "base/backend.h"
#include "fs/mount.h"
#include "init/mounts.h"
#include "console/control.h"

#define NEW_ROOT "/root"

/* To the log, and to r2c, by 32 bytes a call. */
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

/* Copy a word of fstab(5): "\040" and the like are bytes. Where it ends. */
static const char *word(const char *s, char *out, size_t size)
{
	size_t n = 0;

	while (*s == ' ')
		s++;
	for (; *s && *s != ' '; s++) {
		char c = *s;

		if (c == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			c = (char)((unsigned)(s[1] - '0') << 6 | (unsigned)(s[2] - '0') << 3 |
				   (unsigned)(s[3] - '0'));
			s += 3;
		}
		if (n + 1 < size)
			out[n++] = c;
	}
	out[n] = 0;
	return s;
}

/* A line of the composition: fields of fstab(5), type first; options as they stand. */
struct line {
	char type[32], device[64], path[512], options[256];
};

static void line_read(const char *spec, struct line *l)
{
	spec = word(spec, l->type, sizeof(l->type));
	spec = word(spec, l->device, sizeof(l->device));
	spec = word(spec, l->path, sizeof(l->path));
	word(spec, l->options, sizeof(l->options));
}

static bool mount_one(struct mount_buffer *b, const char *spec, bool root_mounted)
{
	const struct fs_type *type;
	struct line l;
	bool root, readonly;
	long r;

	line_read(spec, &l);
	root = strcmp(l.path, "/") == 0;
	readonly = strncmp(l.options, "ro", 2) == 0 && (l.options[2] == 0 || l.options[2] == ',');
	if (root && root_mounted) {
		fail("mount /: there are two of them");
		return false;
	}
	type = fs_type_find(l.type);
	if (!type) {
		fail("mount %s: file system type %s is not known", l.path, l.type);
		return false;
	}
	if (type->on_disk && !mount_device(l.device, b->device, sizeof(b->device))) {
		fail("mount %s: device %s is of no known kind", l.path, l.device);
		return false;
	}
	cos_snprintf(b->path, sizeof(b->path), "%s%s", NEW_ROOT, root ? "" : l.path);
	r = mount_fs(b, type, root, readonly);
	if (r < 0) {
		fail("cannot mount %s (%s) on %s: %s (error %ld)", l.device, l.type, l.path,
		     mount_reason(r), -r);
		return false;
	}
	return true;
}

/* Line n of the composition; NULL: there are fewer. */
static const char *mount_param(unsigned n)
{
	char key[16];

	cos_snprintf(key, sizeof(key), "MOUNT%u", n);
	return cos_param(key);
}

static bool mount_lines(struct mount_buffer *b)
{
	strlcpy(b->path, NEW_ROOT, sizeof(b->path));
	storage_call(RUMP_SYS_mkdir, b->path, 0755);
	for (unsigned i = 0; mount_param(i); i++)
		if (!mount_one(b, mount_param(i), i > 0))
			return false;
	strlcpy(b->path, NEW_ROOT, sizeof(b->path));
	if (storage_call(RUMP_SYS_chroot, b->path) < 0) {
		fail("cannot make %s the root", NEW_ROOT);
		return false;
	}
	return true;
}

bool mounts_begin(void)
{
	struct mount_buffer *b;
	long shm;

	if (!storage_present())
		return true;
	shm = mem_shm_create(sizeof(*b));
	if (shm < 0) {
		fail("no memory for a buffer that storage sees");
		return false;
	}
	b = (struct mount_buffer *)shm;
	storage_call(RUMP_SYS_umask, 0); /* posix applies its programs' masks */
	if (mount_param(0) && !mount_lines(b))
		return false;
	strlcpy(b->path, "/", sizeof(b->path));
	storage_call(RUMP_SYS_chdir, b->path);
	mem_shm_destroy((unsigned long)shm);
	return true;
}

void mounts_end(void)
{
	long shm = storage_present() ? mem_shm_create(sizeof(struct mount_buffer)) : -COS_ENOENT;
	struct mount_buffer *b = (struct mount_buffer *)shm;
	unsigned n = 0;

	storage_call(RUMP_SYS_sync);
	if (shm < 0)
		return;
	while (mount_param(n))
		n++;
	/* The last one first: it may be mounted on an earlier one. */
	while (n-- > 0) {
		const struct fs_type *type;
		struct line l;
		long r;

		line_read(mount_param(n), &l);
		type = fs_type_find(l.type);
		if (!type || !type->on_disk || strncmp(l.options, "rw", 2) != 0)
			continue;
		strlcpy(b->path, l.path, sizeof(b->path));
		r = mount_clean(b, type);
		if (r < 0)
			cos_log("posix: %s is written, but not marked clean (error %ld)\n", b->path,
				-r);
	}
	mem_shm_destroy((unsigned long)shm);
}
