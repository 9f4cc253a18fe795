/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mounts of a composition: whether there is such a device and such a type of file system, and
 * the parameters that posix gets for them.
 *
 * No list of types is here. A type is known if posix has a symbol fs_type_TYPE__NETBSD
 * (posix/abi/fstype.c) and the rump kernel of the component that exports `storage` a symbol
 * vfs_module_NETBSD (VFS_MODULE, rump/vfs/vfs.h). NetBSD's rump kernel is not looked into, and an
 * object without such symbols, as tests have them, knows every type.
 */
#include <string.h>
#include "report.h"
#include "system_parts.h"

#define TYPE_PREFIX "fs_type_"
#define TYPE_SEPARATOR "__"
#define MODULE_PREFIX "vfs_module_"

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* Does storage have that module, as far as r2c can know? */
static bool module_known(const struct sys *sys, const char *module)
{
	size_t storage = sys_exporter(sys, "storage");
	const struct sys_component *c = storage == SYS_NONE ? NULL : &sys->component[storage];
	bool any = false;

	if (!c || (c->conf && c->conf->rump.text))
		return true;
	for (size_t i = 0; i < c->object.nsymbols; i++) {
		const char *name = c->object.symbol[i].name;

		if (!has_prefix(name, MODULE_PREFIX))
			continue;
		any = true;
		if (!strcmp(name + strlen(MODULE_PREFIX), module))
			return true;
	}
	return !any;
}

/* Is there such a type? *known gets the names of those that there are. */
static bool type_known(const struct sys *sys, const struct sys_component *posix, const char *type,
		       struct buffer *known)
{
	bool any = false, found = false;

	for (size_t i = 0; i < posix->object.nsymbols; i++) {
		const char *name = posix->object.symbol[i].name, *separator;
		size_t len;

		if (!has_prefix(name, TYPE_PREFIX) || !(separator = strstr(name, TYPE_SEPARATOR)))
			continue;
		any = true;
		if (!module_known(sys, separator + strlen(TYPE_SEPARATOR)))
			continue;
		name += strlen(TYPE_PREFIX);
		len = (size_t)(separator - name);
		buffer_printf(known, "%s%.*s", known->len ? ", " : "", (int)len, name);
		found = found || (strlen(type) == len && !strncmp(type, name, len));
	}
	return found || !any;
}

static bool type_check(const struct sys *sys, const struct sys_component *posix,
		       const struct conf_mount *mount)
{
	struct buffer known = {0};
	bool ok = type_known(sys, posix, mount->type.text, &known);

	if (!ok)
		report_at(sys->conf->file, mount->type.line,
			  "mount \"%s\": type \"%s\": expected %s", mount->path, mount->type.text,
			  known.len ? known.data : "a rump kernel that has file systems");
	buffer_free(&known);
	return ok;
}

/* A word among others on one line, as in fstab(5). */
static const char *word_escape(struct sys *sys, const char *text)
{
	struct buffer out = {0};

	for (; *text; text++) {
		if (strchr(" \t\n\\", *text))
			buffer_printf(&out, "\\%03o", (unsigned char)*text);
		else
			buffer_add(&out, text, 1);
	}
	const char *escaped = pool_strdup(&sys->pool, out.data ? out.data : "");
	buffer_free(&out);
	return escaped;
}

static const char *mount_options(struct sys *sys, const struct conf_mount *mount)
{
	const char *text = "";
	bool has_mode = false;

	for (size_t i = 0; i < mount->options.n; i++) {
		const char *option = mount->options.word[i].text;
		has_mode = has_mode || !strcmp(option, "rw") || !strcmp(option, "ro");
		text = pool_printf(&sys->pool, "%s%s%s", text, *text ? "," : "", option);
	}
	if (has_mode)
		return text;
	return *text ? pool_printf(&sys->pool, "rw,%s", text) : "rw";
}

bool mount_give(struct sys *sys, struct sys_component *posix, size_t i)
{
	const struct conf_mount *mount = &sys->conf->mount[i];
	const char *device = mount->device.text ? mount->device.text : "-";
	struct sys_device parsed;

	if (!type_check(sys, posix, mount))
		return false;
	if (mount->device.text && !device_parse(device, sys->conf->machine.transitional, &parsed))
		return device_expected(sys, mount->device.line, device);
	if (mount->device.text && !device_owner(sys, &parsed)) {
		report_at(sys->conf->file, mount->device.line,
			  "mount \"%s\": expected a component that is given device \"%s\"",
			  mount->path, device);
		return false;
	}
	if (mount->device.text && !strchr(device, '#'))
		device = pool_printf(&sys->pool, "%s#0", device);
	sys_param_add(sys, posix,
		      pool_printf(&sys->pool, "MOUNT%zu=%s %s %s %s", i,
				  word_escape(sys, mount->type.text), word_escape(sys, device),
				  word_escape(sys, mount->path),
				  word_escape(sys, mount_options(sys, mount))));
	return true;
}
