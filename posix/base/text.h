/* SPDX-License-Identifier: BSD-2-Clause */
/* Text in memory that is posix's own. */
#ifndef POSIX_BASE_TEXT_H
#define POSIX_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A copy of a string, NULL: out of memory. */
char *os_strdup(const char *s);

/* Text that grows as it is written. All zero: empty. The owner frees data. */
struct text {
	char *data;
	size_t len, size;
	bool failed; /* out of memory: text is missing */
};
/* One call adds at most TEXT_ADD_MAX bytes, enough for a line with a path. */
#define TEXT_ADD_MAX 511
void text_add(struct text *x, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
