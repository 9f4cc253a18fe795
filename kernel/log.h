/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's log: the machine's first serial port, and the memory of what went there. */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include "machine.h"

/* Conversions: %s %u %x %lu %lx, no widths. */
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As many as the serial line has room for: it is not waited for. -> how many. */
size_t log_write(const char *text, size_t len);
/* COS_HW_LOG_READ: how many characters of text; *position becomes that of the first. */
int64_t log_read(uint64_t *position, char *text, size_t len);
/* The kernel cannot go on: say why, and end the machine. */
#define log_panic(...) (machine_panic(), log_print("kernel panic: " __VA_ARGS__), log_halt())
noreturn void log_halt(void);

#endif
