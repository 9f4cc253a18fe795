/* SPDX-License-Identifier: BSD-2-Clause */
/* The ELF-64 object file format (System V gABI, chapters 4 and 5), what a loader reads of it. */
#ifndef POSIX_ABI_ELF_H
#define POSIX_ABI_ELF_H

#include <stdint.h>

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
#define ELF_MAGIC "\177ELF"
#define ELF_CLASS64 2
#define ELF_LITTLE 1
#define ELF_EXEC 2
#define ELF_DYN 3
#define ELF_X86_64 62
#define ELF_PT_LOAD 1
#define ELF_PT_INTERP 3
#define ELF_PT_PHDR 6
#define ELF_X 1
#define ELF_W 2
#define ELF_R 4

/* psABI 3.4.3 and Linux's include/uapi/linux/auxvec.h */
#define AT_NULL 0
#define AT_PHDR 3
#define AT_PHENT 4
#define AT_PHNUM 5
#define AT_PAGESZ 6
#define AT_BASE 7
#define AT_FLAGS 8
#define AT_ENTRY 9
#define AT_UID 11
#define AT_EUID 12
#define AT_GID 13
#define AT_EGID 14
#define AT_PLATFORM 15
#define AT_HWCAP 16
#define AT_CLKTCK 17
#define AT_SECURE 23
#define AT_RANDOM 25
#define AT_HWCAP2 26
#define AT_EXECFN 31
#define AT_MINSIGSTKSZ 51

#endif
