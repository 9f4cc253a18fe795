/* SPDX-License-Identifier: BSD-2-Clause */
/* A file for gdb, which then knows the system. */
#ifndef R2C_DEBUG_GDB_SCRIPT_H
#define R2C_DEBUG_GDB_SCRIPT_H

#include <stdbool.h>
#include "compose/system.h"

/*
 * Write build/system/NAME/gdb, and say how to attach. `kernel` is the system's image; QEMU listens
 * for gdb on `port`. False: reported.
 */
bool gdb_script_write(struct sys *sys, const char *kernel, const char *port);

#endif
