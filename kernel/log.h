/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's log: a ring of the last COS_LOG_BYTES of text, which go to the machine's first
 * serial port as it has room. Positions count characters since boot. One core writes at a time; a
 * reader does not wait for it, and looks afterwards whether what it has read was overwritten
 * meanwhile.
 *
 * The kernel's own text does not wait for the line, since interrupts are off: the timer comes for
 * the rest (log_drain). Only while booting, and when the machine ends, does it wait (log_wait).
 * What the line has not taken when the ring comes round is lost to the line.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include "machine.h"

/* Conversions: %s %u %x %lu %lx, no widths. */
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As many characters as the serial line has room for, without waiting. -> how many. */
size_t log_write(const char *text, size_t len);
/* Text waits for the line: an interrupt, at the latest the timer's, is to call log_drain. */
extern _Atomic bool log_later;
void log_drain(void);
/* From now on all text waits for the line, that which is there first; or no text does. */
void log_wait(bool wait);
/* COS_HW_LOG_READ. -> how many characters; *position becomes that of the first. */
int64_t log_read(uint64_t *position, char *text, size_t len);
/* The kernel cannot go on: print why, and end the machine. */
#define log_panic(...) (machine_panic(), log_print("kernel panic: " __VA_ARGS__), log_halt())
noreturn void log_halt(void);

#endif
