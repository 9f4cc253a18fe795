/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Core dumps, in ELF (gABI, chapter 5; core(5)): one note with the registers, and a segment for
 * each run of pages that follow each other with the same rights. The registers come from reboot's
 * report in the log; the pages are found by the page table that the report names, as the processor
 * finds them.
 */
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/user.h>
#include <cos/layout.h>
#include "coredump.h"
#include "file.h"
#include "memory.h"
#include "report.h"

/* Page-table entries (SDM 3A, 4.5). */
#define ENTRIES 512
#define ENTRY_PRESENT (1ull << 0)
#define ENTRY_WRITE (1ull << 1)
#define ENTRY_LARGE (1ull << 7)
#define ENTRY_NX (1ull << 63)
#define ENTRY_ADDRESS 0x000ffffffffff000ull

#define REPORT "reboot: "
#define PAGE_TABLE "  page table "
#define NOTE_NAME "CORE"

/* Pages that follow each other in the address space and have the same rights. */
struct run {
	uint64_t va;
	uint64_t npages;
	uint32_t flags; /* PF_* */
	size_t first;	/* of the list of pages */
};

struct pages {
	struct pool pool;
	struct memory memory;
	uint64_t *page; /* physical addresses, in the order of the runs */
	size_t npages;
	struct run *run;
	size_t nruns;
};

static const uint8_t *page_at(const struct pages *d, uint64_t pa)
{
	return memory_at(&d->memory, pa, COS_PAGE_SIZE);
}

static void page_add(struct pages *d, uint64_t va, uint64_t pa, uint32_t flags)
{
	struct run *last = d->nruns ? &d->run[d->nruns - 1] : NULL;

	if (!page_at(d, pa))
		return; /* the page is a device's */
	if (!last || last->flags != flags || last->va + last->npages * COS_PAGE_SIZE != va) {
		last = &pool_push(&d->pool, d->run, d->nruns);
		*last = (struct run){.va = va, .flags = flags, .first = d->npages};
	}
	last->npages++;
	pool_push(&d->pool, d->page, d->npages) = pa;
}

/* The part of the address space at va that a table of that level maps. */
static void table_walk(struct pages *d, uint64_t table, unsigned level, uint64_t va,
		       uint64_t rights)
{
	const uint8_t *entries = page_at(d, table);

	for (unsigned i = 0; entries && i < ENTRIES; i++) {
		uint64_t entry, at = va + ((uint64_t)i << (12 + 9 * (level - 1))), now;

		memcpy(&entry, entries + 8 * i, sizeof(entry));
		/* What all levels allow; execution is forbidden by any. */
		now = (rights & entry & ENTRY_WRITE) | ((rights | entry) & ENTRY_NX);
		if (!(entry & ENTRY_PRESENT))
			continue;
		if (level > 1 && !(entry & ENTRY_LARGE)) {
			table_walk(d, entry & ENTRY_ADDRESS, level - 1, at, now);
			continue;
		}
		for (uint64_t in = 0; in < 1ull << (12 + 9 * (level - 1)); in += COS_PAGE_SIZE)
			page_add(d, at + in, (entry & ENTRY_ADDRESS) + in,
				 PF_R | (now & ENTRY_WRITE ? PF_W : 0) |
					 (now & ENTRY_NX ? 0 : PF_X));
	}
}

/* The pages of slot 0, which is the domain's own (interface/cos/layout.h). */
static bool domain_walk(struct pages *d, uint64_t page_table)
{
	const uint8_t *top = page_at(d, page_table);
	uint64_t entry;

	if (!top)
		return false;
	memcpy(&entry, top, sizeof(entry));
	if (entry & ENTRY_PRESENT)
		table_walk(d, entry & ENTRY_ADDRESS, 3, 0, ENTRY_WRITE);
	return d->nruns > 0 && d->nruns < PN_XNUM - 1;
}

static void note_put(struct buffer *out, uint32_t type, const void *data, size_t len)
{
	Elf64_Nhdr note = {
		.n_namesz = sizeof(NOTE_NAME), .n_descsz = (uint32_t)len, .n_type = type};

	buffer_add(out, &note, sizeof(note));
	buffer_add(out, NOTE_NAME, sizeof(NOTE_NAME));
	buffer_zero(out, -sizeof(NOTE_NAME) & 3);
	buffer_add(out, data, len);
	buffer_zero(out, -len & 3);
}

/* All but the pages: file header, program headers, the note. */
static void head_put(struct buffer *out, const struct pages *d, const struct coredump *coredump)
{
	size_t headers = sizeof(Elf64_Ehdr) + (d->nruns + 1) * sizeof(Elf64_Phdr);
	struct buffer notes = {0};
	Elf64_Ehdr ehdr = {
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (uint16_t)(d->nruns + 1),
	};

	memcpy(ehdr.e_ident, ELFMAG, SELFMAG);
	ehdr.e_ident[EI_CLASS] = ELFCLASS64;
	ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr.e_ident[EI_VERSION] = EV_CURRENT;
	note_put(&notes, NT_PRSTATUS, &coredump->status, sizeof(coredump->status));
	buffer_add(out, &ehdr, sizeof(ehdr));
	Elf64_Phdr phdr = {
		.p_type = PT_NOTE, .p_offset = headers, .p_filesz = notes.len, .p_align = 4};
	buffer_add(out, &phdr, sizeof(phdr));
	uint64_t at = (headers + notes.len + COS_PAGE_SIZE - 1) & -(uint64_t)COS_PAGE_SIZE;
	for (size_t i = 0; i < d->nruns; i++) {
		const struct run *run = &d->run[i];
		uint64_t bytes = run->npages * COS_PAGE_SIZE;

		phdr = (Elf64_Phdr){.p_type = PT_LOAD,
				    .p_flags = run->flags,
				    .p_offset = at,
				    .p_vaddr = run->va,
				    .p_filesz = bytes,
				    .p_memsz = bytes,
				    .p_align = COS_PAGE_SIZE};
		buffer_add(out, &phdr, sizeof(phdr));
		at += bytes;
	}
	buffer_add(out, notes.data, notes.len);
	buffer_zero(out, -out->len & (COS_PAGE_SIZE - 1));
	buffer_free(&notes);
}

static bool pages_write(const struct pages *d, const struct coredump *coredump)
{
	struct buffer head = {0};
	FILE *file = fopen(coredump->path, "we");
	bool ok = file != NULL;

	head_put(&head, d, coredump);
	ok = ok && fwrite(head.data, 1, head.len, file) == head.len;
	for (size_t i = 0; ok && i < d->npages; i++)
		ok = fwrite(page_at(d, d->page[i]), 1, COS_PAGE_SIZE, file) == COS_PAGE_SIZE;
	if (file)
		ok = file_finish(file) && ok;
	buffer_free(&head);
	return ok;
}

static void coredump_write(struct coredump *coredump, uint64_t page_table)
{
	struct pages d = {0};

	errno = 0;
	if (memory_open(&d.memory, coredump->memory, coredump->memory_bytes)) {
		coredump->written = domain_walk(&d, page_table) && pages_write(&d, coredump);
		memory_close(&d.memory);
	}
	if (!coredump->written)
		report("cannot write the core dump of %s to %s: %s", coredump->component,
		       coredump->path, errno ? strerror(errno) : "its page table cannot be read");
	pool_free(&d.pool);
}

static unsigned long long *register_of(struct coredump *coredump, const char *name)
{
	static const struct {
		const char *name;
		size_t offset;
	} map[] = {
#define REGISTER(log, field) {log, offsetof(struct user_regs_struct, field)}
		REGISTER("rax", rax), REGISTER("rbx", rbx), REGISTER("rcx", rcx),
		REGISTER("rdx", rdx), REGISTER("rsi", rsi), REGISTER("rdi", rdi),
		REGISTER("rbp", rbp), REGISTER("rsp", rsp), REGISTER("r8", r8),
		REGISTER("r9", r9),   REGISTER("r10", r10), REGISTER("r11", r11),
		REGISTER("r12", r12), REGISTER("r13", r13), REGISTER("r14", r14),
		REGISTER("r15", r15), REGISTER("rip", rip), REGISTER("rflags", eflags),
#undef REGISTER
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (!strcmp(map[i].name, name))
			return (unsigned long long *)((char *)&coredump->status.pr_reg +
						      map[i].offset);
	return NULL;
}

/* "  rax 0123456789abcdef  rbx ..." */
static void registers_take(struct coredump *coredump, const char *line)
{
	unsigned long long value;
	char name[8];
	int used;

	while (sscanf(line, " %7[a-z0-9] %16llx%n", name, &value, &used) == 2) {
		unsigned long long *reg = register_of(coredump, name);

		if (!reg)
			return;
		*reg = value;
		line += used;
	}
}

static void line_take(struct coredump *coredump, const char *line)
{
	unsigned long long page_table;
	const char *name = line + strlen(REPORT), *colon;

	if (!strncmp(line, REPORT, strlen(REPORT)) && (colon = strchr(name, ':'))) {
		snprintf(coredump->component, sizeof(coredump->component), "%.*s",
			 (int)(colon - name), name);
		coredump->reporting = true;
		coredump->status = (struct elf_prstatus){.pr_pid = 1, .pr_cursig = 6 /* SIGABRT */};
	} else if (coredump->reporting && sscanf(line, PAGE_TABLE "%llx", &page_table) == 1) {
		if (page_table)
			coredump_write(coredump, page_table);
		coredump->reporting = false;
	} else if (coredump->reporting) {
		registers_take(coredump, line);
	}
}

void coredump_feed(struct coredump *coredump, const char *log, size_t len)
{
	for (size_t i = 0; coredump->path && !coredump->written && i < len; i++) {
		if (log[i] != '\n') {
			if (log[i] != '\r')
				buffer_add(&coredump->line, log + i, 1);
			continue;
		}
		if (coredump->line.len)
			line_take(coredump, coredump->line.data);
		coredump->line.len = 0;
	}
}

void coredump_free(struct coredump *coredump)
{
	buffer_free(&coredump->line);
}
