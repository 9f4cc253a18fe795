/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's log: text to the machine's first serial port, and a ring of the last COS_LOG_BYTES
 * of it. Positions count characters since boot. One core writes at a time; a reader does not wait
 * for it, and looks afterwards whether what it has read was overwritten meanwhile.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include "machine.h"

/* Conversions: %s %u %x %lu %lx, no widths. */
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As many characters as the serial line has room for, without waiting. -> how many. */
size_t log_write(const char *text, size_t len);
/* COS_HW_LOG_READ. -> how many characters; *position becomes that of the first. */
int64_t log_read(uint64_t *position, char *text, size_t len);
/* The kernel cannot go on: print why, and end the machine. */
#define log_panic(...) (machine_panic(), log_print("kernel panic: " __VA_ARGS__), log_halt())
noreturn void log_halt(void);

#endif
