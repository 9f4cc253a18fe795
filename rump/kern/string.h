/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The string functions that a rump kernel uses; the host's runtime (libcos or libc) provides them.
 */
#ifndef RUMP_KERN_STRING_H
#define RUMP_KERN_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/* Copies as much as fits into size bytes, with a NUL; returns strlen(src). In kern/printf.c. */
size_t kstrlcpy(char *dst, const char *src, size_t size);

#endif
