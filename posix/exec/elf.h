/* SPDX-License-Identifier: BSD-2-Clause */
/* Static ELF64 executables for x86-64, fixed (ET_EXEC) or position-independent (ET_DYN). */
#ifndef POSIX_EXEC_ELF_H
#define POSIX_EXEC_ELF_H

#include "abi/elf.h"

struct file;
struct thread;

#define PHDR_MAX 64 /* program headers; linkers make about ten */

struct image {
	struct elf_header eh;
	struct elf_segment seg[PHDR_MAX];
	uint64_t bias, phdr, end;
};

/* Read and check everything, before the old program is given up. 0 or -LX_E*; the log says why. */
long image_read(struct thread *t, struct file *f, const char *path, struct image *im);
/* Map a segment and read it in. 0 or -LX_E*. */
long segment_load(struct thread *t, struct file *f, const struct elf_segment *s, uint64_t bias);

#endif
