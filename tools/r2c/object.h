/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What r2c reads from ELF files: the symbols of a component's relocatable object, the segments and
 * symbols of a linked domain.
 */
#ifndef R2C_OBJECT_H
#define R2C_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include "pool.h"

struct symbol {
	const char *name;
	uint64_t value;
	bool defined;
	bool weak;
	bool global; /* or weak: visible to other objects */
};

struct segment {
	uint64_t vaddr;
	uint64_t memory_bytes;
	uint64_t file_bytes;
	uint64_t file_offset;
	uint32_t flags; /* PF_* */
};

struct object {
	const char *path;
	struct symbol *symbol; /* with a name, sorted by it */
	size_t nsymbols;
	struct segment *segment;
	size_t nsegments;
};

/* Relocatable (ET_REL) or linked (ET_EXEC), x86-64; anything else or unreadable is reported: false.
 */
bool object_read(struct object *object, struct pool *pool, const char *path, bool relocatable);
/* A global symbol by name; NULL: the object does not mention it. */
const struct symbol *object_symbol(const struct object *object, const char *name);

#endif
