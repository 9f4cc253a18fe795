/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of addresses, from an ELF file in memory (System V gABI, chapters 4 and 5). The file is
 * input: every offset is checked. It is only read when something failed, so a walk over the whole
 * table will do.
 */
#ifndef SERVICE_REBOOT_SYMBOL_H
#define SERVICE_REBOOT_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
	const char *name; /* in the file */
	uint64_t offset;  /* of the address from the symbol's start */
};

/*
 * The function at addr: the one that contains it, else the nearest before it that says no size.
 * false: none, or the file is not an ELF64 with a symbol table.
 */
bool symbol_find(const uint8_t *elf, size_t len_bytes, uint64_t addr, struct symbol *symbol);

#endif
