/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory of the virtual machine, mapped, by physical address. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>
#include "memory.h"

/*
 * Where QEMU's q35 board has its memory (hw/i386/pc_q35.c): all of it below 4 GiB if it is less
 * than SPLIT_BYTES; otherwise 2 GiB there and the rest from 4 GiB on.
 */
#define SPLIT_BYTES 0xb0000000ull
#define LOW_BYTES 0x80000000ull
#define HIGH_PADDR 0x100000000ull

bool memory_open(struct memory *memory, const char *path, uint64_t len_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *data;

	if (fd < 0)
		return false;
	data = mmap(NULL, len_bytes, PROT_READ, MAP_SHARED, fd, 0);
	int error = errno;
	close(fd);
	errno = error;
	if (data == MAP_FAILED)
		return false;
	*memory = (struct memory){data, len_bytes};
	return true;
}

void memory_close(struct memory *memory)
{
	munmap((void *)memory->data, memory->len_bytes);
}

const void *memory_at(const struct memory *memory, uint64_t pa, uint64_t len)
{
	uint64_t low = memory->len_bytes < SPLIT_BYTES ? memory->len_bytes : LOW_BYTES;
	uint64_t end = pa < HIGH_PADDR ? low : memory->len_bytes;
	uint64_t at = pa < HIGH_PADDR ? pa : pa - HIGH_PADDR + low;

	return at <= end && len <= end - at ? memory->data + at : NULL;
}
