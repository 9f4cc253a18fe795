/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages and assertions. kprintf writes to the host's console and may be called anywhere. */
#ifndef RUMP_KERN_PRINTF_H
#define RUMP_KERN_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

#include "rumpuser.h"

#define kprintf rumpuser_dprintf

/*
 * Conversions: %d %i %u %x %p %s %c %% with l, ll, z, a width and 0. Returns the length that the
 * whole text has.
 */
int ksnprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

void panic(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#define KASSERT(e) ((e) ? (void)0 : panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #e))

#endif
