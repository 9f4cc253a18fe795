/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Static ELF executables for x86-64: reading and checking them, and mapping their segments.
 *
 * Not there: dynamic executables (PT_INTERP), segments that are writable and executable.
 */
#include "base/os.h"
#include "abi/elf.h"
#include "abi/errno.h"
#include "exec/elf.h"
#include "file/file.h"
#include "mm/layout.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

/* Bytes of the file into posix's own memory. 0 or -LX_E*; -LX_ENOEXEC: the file is too short. */
static long file_bytes(struct thread *t, struct file *f, void *to, size_t len, uint64_t offset)
{
	char *buffer = shared_at(t, SHARED_DATA);
	size_t done = 0;

	while (done < len) {
		struct iov iov = {buffer, MIN(len - done, (size_t)SHARED_DATA_SIZE)};
		long r = f->ops->read(t, f, &iov, 1, (int64_t)(offset + done));

		if (r < 0)
			return r;
		if (r == 0)
			return -LX_ENOEXEC;
		memcpy((char *)to + done, buffer, (size_t)r);
		done += (size_t)r;
	}
	return 0;
}

static long image_refuse(const char *path, const char *why)
{
	cos_log("posix: %s: %s\n", path, why);
	return -LX_ENOEXEC;
}

long image_read(struct thread *t, struct file *f, const char *path, struct image *im)
{
	uint64_t last = 0;
	long r = file_bytes(t, f, &im->eh, sizeof(im->eh), 0);

	if (r < 0)
		return r;
	if (memcmp(im->eh.ident, ELF_MAGIC, 4) != 0)
		return -LX_ENOEXEC;
	if (im->eh.ident[4] != ELF_CLASS64 || im->eh.ident[5] != ELF_LITTLE ||
	    im->eh.machine != ELF_X86_64)
		return image_refuse(path, "an ELF file, but not for x86-64");
	if (im->eh.type != ELF_EXEC && im->eh.type != ELF_DYN)
		return image_refuse(path, "an ELF file, but not an executable");
	if (im->eh.phentsize != sizeof(struct elf_segment) || im->eh.phnum == 0 ||
	    im->eh.phnum > PHDR_MAX)
		return image_refuse(path, "program headers of an unknown form");
	r = file_bytes(t, f, im->seg, im->eh.phnum * sizeof(im->seg[0]), im->eh.phoff);
	if (r < 0)
		return r;
	im->bias = im->eh.type == ELF_DYN ? PROGRAM_DYN_BASE : 0;
	for (unsigned i = 0; i < im->eh.phnum; i++) {
		const struct elf_segment *s = &im->seg[i];
		uint64_t start = im->bias + s->vaddr;

		if (s->type == ELF_PT_INTERP)
			return image_refuse(path,
					    "a dynamic executable; only static ones run here");
		if (s->type == ELF_PT_PHDR)
			im->phdr = start;
		if (s->type != ELF_PT_LOAD || s->memsz == 0)
			continue;
		if (s->filesz > s->memsz || (s->vaddr - s->offset) % PAGE || start < PAGE ||
		    !user_range(start, s->memsz) ||
		    start + s->memsz > PROGRAM_STACK_TOP - STACK_SIZE || PAGE_DOWN(start) < last)
			return image_refuse(path, "a segment that cannot be mapped");
		if (s->flags & ELF_W && s->flags & ELF_X)
			return image_refuse(path, "a segment that is writable and executable");
		last = PAGE_UP(start + s->memsz);
		if (!im->phdr && im->eh.phoff >= s->offset && im->eh.phoff < s->offset + s->filesz)
			im->phdr = start + im->eh.phoff - s->offset;
	}
	if (last == 0)
		return image_refuse(path, "nothing to load");
	im->end = last;
	return 0;
}

long segment_load(struct thread *t, struct file *f, const struct elf_segment *s, uint64_t bias)
{
	struct mm *mm = t->proc->mm;
	uint64_t start = bias + s->vaddr, page = PAGE_DOWN(start), done = 0;
	uint64_t len = PAGE_UP(start + s->memsz) - page;
	unsigned prot = COS_PG_READ | (s->flags & ELF_W ? COS_PG_WRITE : 0) |
			(s->flags & ELF_X ? COS_PG_EXEC : 0);
	long r = mm_map_anonymous(mm, page, len, COS_PG_READ | COS_PG_WRITE,
				  MEM_FIXED | MEM_NOREPLACE);

	while (r >= 0 && done < s->filesz) {
		struct iov iov = {user_window(t, start + done), s->filesz - done};

		r = f->ops->read(t, f, &iov, 1, (int64_t)(s->offset + done));
		if (r == 0)
			r = -LX_ENOEXEC;
		if (r > 0)
			done += (uint64_t)r;
	}
	if (r >= 0 && prot != (COS_PG_READ | COS_PG_WRITE))
		r = mem_as_protect(mm->as, page, len, prot) < 0 ? -LX_ENOMEM : 0;
	return r < 0 ? r : 0;
}
