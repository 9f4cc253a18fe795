/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Layout of a program's address space, from the top: posix's page (the trampoline), a gap, the
 * stack, its guard page. Below the guard mem places what is mapped, from the top down. At the
 * bottom are programs linked to a fixed address, and the heap. The host's tests define other
 * addresses, since there the program shares posix's address space.
 */
#ifndef POSIX_MM_LAYOUT_H
#define POSIX_MM_LAYOUT_H

#include "base/os.h"

#ifndef PROGRAM_TOP
#define PROGRAM_TOP COS_SLOT(1ul)
#endif
#define PROGRAM_TRAMPOLINE (PROGRAM_TOP - 2 * PAGE)
#define PROGRAM_STACK_TOP (PROGRAM_TOP - 4 * PAGE)
#define STACK_SIZE (8ul << 20) /* as Linux's RLIMIT_STACK */
/* Where position-independent programs begin: 64 GiB, far above those of a fixed address. */
#ifndef PROGRAM_DYN_BASE
#define PROGRAM_DYN_BASE 0x1000000000ul
#endif

#endif
