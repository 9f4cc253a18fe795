/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of addresses: this very program's, and those of damaged copies of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <elf.h>
#include <cmocka.h>

#include "service/reboot/symbol.h"

static uint8_t *elf;
static size_t elf_len;

static int elf_read(void **state)
{
	FILE *f = fopen("/proc/self/exe", "rb");

	bool ok = f && fseek(f, 0, SEEK_END) == 0;

	(void)state;
	if (ok) {
		elf_len = (size_t)ftell(f);
		elf = malloc(elf_len);
		rewind(f);
		ok = elf && fread(elf, 1, elf_len, f) == elf_len;
	}
	if (f)
		fclose(f);
	return ok ? 0 : -1;
}

static int elf_free(void **state)
{
	(void)state;
	free(elf);
	return 0;
}

/* The value of this function in the symbol table, found with the C library's structures. */
static Elf64_Sym own_symbol(const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)elf;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(elf + header->e_shoff);
	Elf64_Sym none = {0};

	for (unsigned i = 0; i < header->e_shnum; i++) {
		if (sections[i].sh_type != SHT_SYMTAB)
			continue;
		const Elf64_Sym *s = (const Elf64_Sym *)(elf + sections[i].sh_offset);
		const char *strings = (const char *)elf + sections[sections[i].sh_link].sh_offset;

		for (size_t n = 0; n < sections[i].sh_size / sizeof(*s); n++)
			if (strcmp(strings + s[n].st_name, name) == 0)
				return s[n];
	}
	return none;
}

static void names_a_function_all_over(void **state)
{
	Elf64_Sym own = own_symbol("names_a_function_all_over");
	struct symbol s;

	(void)state;
	assert_true(own.st_size > 8);
	assert_true(symbol_find(elf, elf_len, own.st_value, &s));
	assert_string_equal(s.name, "names_a_function_all_over");
	assert_int_equal(s.offset, 0);
	assert_true(symbol_find(elf, elf_len, own.st_value + own.st_size - 1, &s));
	assert_string_equal(s.name, "names_a_function_all_over");
	assert_int_equal(s.offset, own.st_size - 1);
	if (symbol_find(elf, elf_len, own.st_value + own.st_size, &s))
		assert_string_not_equal(s.name, "names_a_function_all_over");
}

static void says_when_there_is_no_name(void **state)
{
	struct symbol s;

	(void)state;
	assert_false(symbol_find(elf, elf_len, 0, &s));
	assert_false(symbol_find((const uint8_t *)"no ELF", 6, 0x1000, &s));
	for (size_t len = 0; len < 64; len++)
		assert_false(symbol_find(elf, len, own_symbol("elf_read").st_value, &s));
}

/* Whatever a header or section header says: no read outside the copy, which the sanitizer watches.
 */
static void survives_damaged_headers(void **state)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)elf;
	uint64_t addr = own_symbol("elf_read").st_value;
	uint8_t *copy = malloc(elf_len);
	struct symbol s;

	(void)state;
	memcpy(copy, elf, elf_len);
	for (size_t at = 0; at < elf_len; at++) {
		static const uint8_t values[] = {0x00, 0x01, 0x7f, 0xff};

		if (at == sizeof(*header))
			at = header->e_shoff;
		for (size_t i = 0; i < sizeof(values); i++) {
			copy[at] = values[i];
			/* Only headers that lead to the table matter: the others end quickly. */
			symbol_find(copy, elf_len, addr, &s);
		}
		copy[at] = elf[at];
	}
	free(copy);
}

static void survives_a_file_cut_short(void **state)
{
	uint64_t addr = own_symbol("elf_read").st_value;
	struct symbol s;

	(void)state;
	for (size_t len = elf_len; len > 4096; len -= len / 16) {
		uint8_t *cut = malloc(len);

		memcpy(cut, elf, len);
		symbol_find(cut, len, addr, &s);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_a_function_all_over),
		cmocka_unit_test(says_when_there_is_no_name),
		cmocka_unit_test(survives_damaged_headers),
		cmocka_unit_test(survives_a_file_cut_short),
	};

	return cmocka_run_group_tests(tests, elf_read, elf_free);
}
