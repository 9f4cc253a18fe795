/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of addresses, from an ELF file in memory (System V gABI, chapters 4 and 5). The file is
 * input: every offset is checked. It is read only when a component has failed, so a walk over the
 * whole symbol table is fast enough.
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
 * The function that contains addr, else the nearest symbol before it that has no size. False: there
 * is none, or the file is no ELF64 with a symbol table.
 */
bool symbol_find(const uint8_t *elf, size_t len_bytes, uint64_t addr, struct symbol *symbol);

#endif
