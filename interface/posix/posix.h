/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix: Linux/x86-64 programs. No component calls it by name: programs enter by their gate and by
 * their exceptions.
 * Audience: the kernel.
 */
#ifndef INTERFACE_POSIX_H
#define INTERFACE_POSIX_H

#include "interface.h"

/*
 * The gate (cos/abi.h, Gate): posix supplies the entry itself, in assembly, as
 * __cos_entry_posix_gate; the token is the program's component id.
 */
COS_INTERFACE long posix_gate(void);
/* The handler of every program (cos/abi.h, Exception). */
COS_INTERFACE long posix_exception(long kind, unsigned long addr, long error, unsigned long ip,
				   unsigned long sp, long comp);

#endif
