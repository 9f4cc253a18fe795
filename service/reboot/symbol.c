/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of addresses (symbol.h). */
#include "symbol.h"

/* gABI figures 4-3 (header), 4-8 (section header), 4-15 (symbol), for ELFCLASS64. */
struct elf_header {
	uint8_t ident[16];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint32_t flags;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t phnum;
	uint16_t shentsize;
	uint16_t shnum;
	uint16_t shstrndx;
};

struct elf_section {
	uint32_t name;
	uint32_t type;
	uint64_t flags;
	uint64_t addr;
	uint64_t offset;
	uint64_t size;
	uint32_t link;
	uint32_t info;
	uint64_t addralign;
	uint64_t entsize;
};

struct elf_symbol {
	uint32_t name;
	uint8_t info;
	uint8_t other;
	uint16_t section;
	uint64_t value;
	uint64_t size;
};

#define SECTION_SYMTAB 2
#define SYMBOL_TYPE(info) ((info)&15)
#define SYMBOL_FUNCTION 2
#define SYMBOL_NOTYPE 0

struct table {
	const struct elf_symbol *symbols;
	size_t count;
	const char *strings;
	size_t strings_len;
};

static bool inside(uint64_t offset, uint64_t size, size_t len)
{
	return offset <= len && size <= len - offset;
}

static const struct elf_section *section_at(const uint8_t *elf, size_t len, uint32_t index)
{
	const struct elf_header *header = (const struct elf_header *)elf;
	uint64_t offset;

	if (index >= header->shnum || header->shentsize != sizeof(struct elf_section) ||
	    header->shoff > len || header->shoff % 8 != 0)
		return NULL;
	offset = header->shoff + (uint64_t)index * sizeof(struct elf_section);
	return inside(offset, sizeof(struct elf_section), len)
		       ? (const struct elf_section *)(elf + offset)
		       : NULL;
}

static bool table_find(const uint8_t *elf, size_t len, struct table *t)
{
	static const uint8_t magic[] = {0x7f, 'E', 'L', 'F', 2 /* 64 bits */,
					1 /* little endian */};
	const struct elf_section *s = NULL, *strings;

	if (len < sizeof(struct elf_header))
		return false;
	for (size_t i = 0; i < sizeof(magic); i++)
		if (elf[i] != magic[i])
			return false;
	for (uint32_t i = 0; (s = section_at(elf, len, i)); i++)
		if (s->type == SECTION_SYMTAB)
			break;
	strings = s ? section_at(elf, len, s->link) : NULL;
	if (!strings || !inside(s->offset, s->size, len) || s->offset % 8 != 0 ||
	    !inside(strings->offset, strings->size, len) || strings->size == 0)
		return false;
	t->symbols = (const struct elf_symbol *)(elf + s->offset);
	t->count = s->size / sizeof(struct elf_symbol);
	t->strings = (const char *)elf + strings->offset;
	t->strings_len = strings->size;
	return t->strings[t->strings_len - 1] == '\0';
}

bool symbol_find(const uint8_t *elf, size_t len_bytes, uint64_t addr, struct symbol *symbol)
{
	const struct elf_symbol *best = NULL;
	struct table t;

	if (!table_find(elf, len_bytes, &t))
		return false;
	for (size_t i = 0; i < t.count; i++) {
		const struct elf_symbol *s = &t.symbols[i];
		unsigned type = SYMBOL_TYPE(s->info);

		if ((type != SYMBOL_FUNCTION && type != SYMBOL_NOTYPE) || s->section == 0 ||
		    s->name == 0 || s->name >= t.strings_len || s->value > addr ||
		    (s->size != 0 && addr - s->value >= s->size))
			continue;
		/* A symbol whose size says that it contains addr is better than a label. */
		if (!best || (s->size != 0) > (best->size != 0) ||
		    ((s->size != 0) == (best->size != 0) && s->value > best->value))
			best = s;
	}
	if (!best)
		return false;
	symbol->name = t.strings + best->name;
	symbol->offset = addr - best->value;
	return true;
}
