/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual machine's memory, which is in a file of the host (struct qemu_config). */
#ifndef R2C_DEBUG_MEMORY_H
#define R2C_DEBUG_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct memory {
	const uint8_t *data;
	uint64_t len_bytes;
};

/* False: errno says why. */
bool memory_open(struct memory *memory, const char *path, uint64_t len_bytes);
void memory_close(struct memory *memory);
/* What is at a physical address, for len bytes; NULL: that is not all memory. */
const void *memory_at(const struct memory *memory, uint64_t pa, uint64_t len);

#endif
