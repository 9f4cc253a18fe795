/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host files that are memory of several components, through interface/bus: what one component
 * writes the others read, and their watches are notified (shmif.c, which also maps the memory). The
 * composition says how long a bus is; a write beyond the end is ENOSPC.
 *
 * In a component that imports no bus these files do not exist (ENOENT).
 */
#include "bus_file.h"

#include <bus/bus.h>
#include <cos/string.h>
#include <cos/user.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

__typeof__(bus_find) bus_find __attribute__((weak));
__typeof__(bus_memory) bus_memory __attribute__((weak));
__typeof__(bus_notify) bus_notify __attribute__((weak));

struct bus_file {
	struct file file;
	long bus;
	uint8_t *mem;
	uint64_t len_bytes;
};

static int bus_transfer(struct file *f, bool write, void *data, size_t len_bytes, uint64_t off,
			bool stable, size_t *donep)
{
	const struct bus_file *b = (struct bus_file *)f;
	uint64_t have = off < b->len_bytes ? b->len_bytes - off : 0;
	size_t len = len_bytes < have ? len_bytes : (size_t)have;
	void *there = b->mem + off;
	int error;

	(void)stable; /* nothing here is more stable than memory */
	*donep = 0;
	if (len > 0 && cos_copy_user(write ? there : data, write ? data : there, len) != 0)
		return RUMP_EIO;
	*donep = len;
	if (!write)
		return 0;
	error = hyp_errno(bus_notify(b->bus));
	return error == 0 && len < len_bytes ? RUMP_ENOSPC : error;
}

static int bus_flush(struct file *f)
{
	(void)f;
	return 0;
}

static uint64_t bus_size(struct file *f)
{
	return ((struct bus_file *)f)->len_bytes;
}

static const struct file_ops ops = {bus_transfer, bus_flush, bus_size, NULL};

long bus_file_number(const struct file *f, void **mem)
{
	const struct bus_file *b = (const struct bus_file *)f;

	if (f->ops != &ops)
		return -1;
	*mem = b->mem;
	return b->bus;
}

int bus_file_open(const char *name, bool create, struct file **made)
{
	unsigned long words[BUS_NAME_MAX / sizeof(unsigned long)] = {0};
	struct cos_pair memory;
	struct bus_file *b;
	uint8_t byte;
	long bus;

	if (!bus_find || !bus_memory || !bus_notify)
		return create ? RUMP_EROFS : RUMP_ENOENT;
	if (strlcpy((char *)words, name, sizeof(words)) >= sizeof(words))
		return RUMP_ENAMETOOLONG;
	bus = bus_find(words[0], words[1], words[2], words[3]);
	if (bus < 0)
		return bus == -COS_ENOENT && create ? RUMP_EROFS : hyp_errno(bus);
	memory = bus_memory(bus);
	if (memory.v0 < 0)
		return hyp_errno(memory.v0);
	/* The composition may not let this component see it. */
	if (cos_copy_user(&byte, (void *)memory.v0, 1) != 0)
		return RUMP_EACCES;
	b = arena_alloc(sizeof(*b), 16);
	if (!b)
		return RUMP_ENOMEM;
	*b = (struct bus_file){.file = {.ops = &ops, .type = RUMPUSER_FT_REG},
			       .bus = bus,
			       .mem = (uint8_t *)memory.v0,
			       .len_bytes = (uint64_t)memory.v1};
	*made = &b->file;
	return 0;
}
