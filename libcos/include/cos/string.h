/* SPDX-License-Identifier: BSD-2-Clause */
/* The C standard's string functions that components use (C17 7.24), and POSIX's strnlen. */
#ifndef COS_STRING_H
#define COS_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *s, int byte, size_t len);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);
char *strcpy(char *restrict dst, const char *restrict src);
char *strncpy(char *restrict dst, const char *restrict src, size_t max);
/* Copies at most size - 1 bytes and ends dst; the result is strlen(src) (OpenBSD's strlcpy). */
size_t strlcpy(char *restrict dst, const char *restrict src, size_t size);

#endif
