/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the process was linked with: components and modules, from the executable and every loaded
 * shared object, and the rump kernel's symbols for modules that are loaded later.
 *
 * A component or module is announced by a pointer in a section of known name, a link set (NetBSD
 * sys/cdefs.h). Sections exist in the file only. So each object's file is mapped for a moment, its
 * section headers read (ELF-64 object file format, 1.5), and the pointers taken from memory, where
 * the loader has relocated them. This works for a static executable too, and needs nothing of the
 * link: start and stop symbols are local to an object. A rump kernel recognises by its address what
 * it has found by itself.
 */
#include "hyp.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* An object, with its file while it is examined. */
struct object {
	uintptr_t base; /* what addresses in the file are relative to */
	const char *file;
	size_t len;
	const Elf64_Shdr *sections;
	size_t nsections;
};

/* The symbols of all objects: a table and a block of names, both growing. */
struct symbols {
	Elf64_Sym *table;
	size_t count, max;
	char *names;
	size_t names_len, names_max;
	bool failed; /* out of memory: no symbols are handed over */
};

struct bootstrap {
	rump_modinit_fn modinit;
	rump_symload_fn symload;
	rump_compload_fn compload;
	struct symbols symbols;
};

static bool range_ok(const struct object *o, uint64_t off, uint64_t len)
{
	return off <= o->len && len <= o->len - off;
}

static const Elf64_Shdr *section_at(const struct object *o, size_t n)
{
	const Elf64_Shdr *s = n < o->nsections ? &o->sections[n] : NULL;

	return s != NULL && (s->sh_type == SHT_NOBITS || range_ok(o, s->sh_offset, s->sh_size))
		       ? s
		       : NULL;
}

/* A string of a string table; "" if it is not one. */
static const char *string_at(const struct object *o, const Elf64_Shdr *strings, uint64_t at)
{
	const char *s;

	if (strings == NULL || strings->sh_type != SHT_STRTAB || at >= strings->sh_size)
		return "";
	s = o->file + strings->sh_offset + at;
	return memchr(s, '\0', strings->sh_size - at) != NULL ? s : "";
}

static const Elf64_Shdr *section_find(const struct object *o, const char *name, uint32_t type)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)o->file;
	const Elf64_Shdr *names = section_at(o, header->e_shstrndx);

	for (size_t i = 0; i < o->nsections; i++) {
		const Elf64_Shdr *s = section_at(o, i);

		if (s != NULL && (name != NULL ? strcmp(string_at(o, names, s->sh_name), name) == 0
					       : s->sh_type == type))
			return s;
	}
	return NULL;
}

static bool object_open(struct object *o, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const Elf64_Ehdr *header;
	struct stat st;
	void *mem = MAP_FAILED;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && (size_t)st.st_size > sizeof(*header))
		mem = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (mem == MAP_FAILED)
		return false;
	header = mem;
	o->file = mem;
	o->len = (size_t)st.st_size;
	o->nsections = header->e_shnum;
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_shentsize != sizeof(Elf64_Shdr) ||
	    !range_ok(o, header->e_shoff, o->nsections * sizeof(Elf64_Shdr))) {
		munmap(mem, o->len);
		return false;
	}
	o->sections = (const Elf64_Shdr *)(o->file + header->e_shoff);
	return true;
}

/* A link set's pointers, in memory. */
static const void *const *link_set(const struct object *o, const char *name, size_t *count)
{
	const Elf64_Shdr *s = section_find(o, name, 0);

	if (s == NULL || (s->sh_flags & SHF_ALLOC) == 0) {
		*count = 0;
		return NULL;
	}
	*count = s->sh_size / sizeof(void *);
	return (const void *const *)(o->base + s->sh_addr);
}

/* Make room by doubling. NULL: out of memory. */
static void *grow(void *mem, size_t used, size_t more, size_t *max, size_t size)
{
	if (used + more <= *max)
		return mem;
	while (used + more > *max)
		*max = *max != 0 ? 2 * *max : 4096;
	return realloc(mem, *max * size);
}

static void symbol_add(struct symbols *all, const Elf64_Sym *sym, const char *name, uintptr_t base)
{
	size_t len = strlen(name) + 1;
	void *table = grow(all->table, all->count, 1, &all->max, sizeof(*all->table)),
	     *names = NULL;

	if (table != NULL) {
		all->table = table;
		names = grow(all->names, all->names_len, len, &all->names_max, 1);
	}
	if (names == NULL) {
		all->failed = true;
		return;
	}
	all->names = names;
	all->table[all->count] = *sym;
	all->table[all->count].st_name = (uint32_t)all->names_len;
	all->table[all->count].st_value += base;
	memcpy(all->names + all->names_len, name, len);
	all->count++;
	all->names_len += len;
}

/* The rump kernel's names are rump_*, rumpns_* and RUMP*; its modules may use no others. */
static void symbols_take(struct symbols *all, const struct object *o)
{
	const Elf64_Shdr *s = section_find(o, NULL, SHT_SYMTAB), *strings;
	const Elf64_Sym *sym;

	if (s == NULL)
		s = section_find(o, NULL, SHT_DYNSYM);
	if (s == NULL || s->sh_entsize != sizeof(*sym))
		return;
	strings = section_at(o, s->sh_link);
	sym = (const Elf64_Sym *)(o->file + s->sh_offset);
	for (size_t i = 0; i < s->sh_size / sizeof(*sym) && !all->failed; i++) {
		const char *name = string_at(o, strings, sym[i].st_name);

		if (sym[i].st_shndx == SHN_UNDEF || sym[i].st_shndx >= SHN_LORESERVE ||
		    ELF64_ST_BIND(sym[i].st_info) == STB_LOCAL)
			continue;
		if (strncmp(name, "rump", 4) == 0 || strncmp(name, "RUMP", 4) == 0)
			symbol_add(all, &sym[i], name, o->base);
	}
}

static int object_visit(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct bootstrap *b = arg;
	struct object o = {.base = info->dlpi_addr};
	const void *const *set;
	size_t count;

	(void)size;
	/*
	 * The executable has no name here, and objects without a file (the vDSO) cannot be opened.
	 */
	if (!object_open(&o, info->dlpi_name[0] != '\0' ? info->dlpi_name : "/proc/self/exe"))
		return 0;
	set = link_set(&o, "link_set_modules", &count);
	if (count != 0 && b->modinit != NULL)
		b->modinit((const struct modinfo *const *)set, count);
	set = link_set(&o, "link_set_rump_components", &count);
	for (size_t i = 0; i < count && b->compload != NULL; i++)
		b->compload(set[i]);
	if (b->symload != NULL)
		symbols_take(&b->symbols, &o);
	munmap((void *)(uintptr_t)o.file, o.len);
	return 0;
}

/* The rump kernel takes the tables over. */
void rumpuser_dl_bootstrap(rump_modinit_fn modinit, rump_symload_fn symload,
			   rump_compload_fn compload)
{
	struct bootstrap b = {.modinit = modinit, .symload = symload, .compload = compload};
	struct symbols *all = &b.symbols;

	dl_iterate_phdr(object_visit, &b);
	if (all->count == 0 || all->failed ||
	    symload(all->table, all->count * sizeof(*all->table), all->names, all->names_len) !=
		    0) {
		free(all->table);
		free(all->names);
	}
}
