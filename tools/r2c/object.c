/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF files by libelf: the symbols, sorted by name, and the segments that are loaded. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "object.h"
#include "report.h"

static int symbol_compare(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

static void object_read_symbols(struct object *object, struct pool *pool, Elf *elf, Elf_Scn *scn,
				const GElf_Shdr *shdr)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Sym sym;

	for (int i = 1; data && gelf_getsym(data, i, &sym); i++) {
		const char *name = elf_strptr(elf, shdr->sh_link, sym.st_name);
		int bind = GELF_ST_BIND(sym.st_info);

		if (!name || !*name || GELF_ST_TYPE(sym.st_info) == STT_FILE)
			continue;
		struct symbol *s = &pool_push(pool, object->symbol, object->nsymbols);
		s->name = pool_strdup(pool, name);
		s->value = sym.st_value;
		s->defined = sym.st_shndx != SHN_UNDEF;
		s->weak = bind == STB_WEAK;
		s->global = bind != STB_LOCAL;
	}
}

static void object_read_segments(struct object *object, struct pool *pool, Elf *elf)
{
	size_t n = 0;
	GElf_Phdr phdr;

	elf_getphdrnum(elf, &n);
	for (size_t i = 0; i < n; i++) {
		if (!gelf_getphdr(elf, (int)i, &phdr) || phdr.p_type != PT_LOAD || !phdr.p_memsz)
			continue;
		pool_push(pool, object->segment, object->nsegments) = (struct segment){
			.vaddr = phdr.p_vaddr,
			.memory_bytes = phdr.p_memsz,
			.file_bytes = phdr.p_filesz,
			.file_offset = phdr.p_offset,
			.flags = phdr.p_flags,
		};
	}
}

static bool object_read_elf(struct object *object, struct pool *pool, Elf *elf, unsigned type)
{
	GElf_Ehdr ehdr;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &ehdr) || ehdr.e_type != type ||
	    ehdr.e_machine != EM_X86_64 || ehdr.e_ident[EI_CLASS] != ELFCLASS64) {
		report_at(object->path, 0, "expected %s x86-64 ELF file",
			  type == ET_REL ? "a relocatable" : "an executable");
		return false;
	}
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		GElf_Shdr shdr;
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_SYMTAB)
			object_read_symbols(object, pool, elf, scn, &shdr);
	}
	object_read_segments(object, pool, elf);
	if (object->nsymbols)
		qsort(object->symbol, object->nsymbols, sizeof(*object->symbol), symbol_compare);
	return true;
}

bool object_read(struct object *object, struct pool *pool, const char *path, bool relocatable)
{
	*object = (struct object){.path = pool_strdup(pool, path)};
	elf_version(EV_CURRENT);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		report_at(path, 0, "%s", strerror(errno));
		return false;
	}
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	bool ok = object_read_elf(object, pool, elf, relocatable ? ET_REL : ET_EXEC);
	elf_end(elf);
	close(fd);
	return ok;
}

const struct symbol *object_symbol(const struct object *object, const char *name)
{
	struct symbol key = {.name = name};

	if (!object->nsymbols)
		return NULL;
	const struct symbol *end = object->symbol + object->nsymbols;
	const struct symbol *s =
		bsearch(&key, object->symbol, object->nsymbols, sizeof(key), symbol_compare);
	if (!s)
		return NULL;
	while (s > object->symbol && !strcmp(s[-1].name, name))
		s--;
	for (; s < end && !strcmp(s->name, name); s++)
		if (s->global)
			return s;
	return NULL;
}
