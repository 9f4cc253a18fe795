/* SPDX-License-Identifier: BSD-2-Clause */
/* The string functions of C17 7.24 that are not in x86_64/memory.S. */
#include <cos/string.h>

void *memchr(const void *s, int byte, size_t len)
{
	const unsigned char *p = s;

	for (; len > 0; len--, p++)
		if (*p == (unsigned char)byte)
			return (void *)p;
	return NULL;
}

size_t strnlen(const char *s, size_t max)
{
	const char *end = memchr(s, 0, max);

	return end != NULL ? (size_t)(end - s) : max;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p != 0)
		p++;
	return (size_t)(p - s);
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max > 0; max--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (*a == 0)
			break;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (*s == 0)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (*s == 0)
			return (char *)last;
	}
}

char *strstr(const char *s, const char *what)
{
	size_t len = strlen(what);

	if (len == 0)
		return (char *)s;
	for (; (s = strchr(s, *what)) != NULL; s++)
		if (strncmp(s, what, len) == 0)
			return (char *)s;
	return NULL;
}

char *strcpy(char *restrict dst, const char *restrict src)
{
	return memcpy(dst, src, strlen(src) + 1);
}

char *strncpy(char *restrict dst, const char *restrict src, size_t max)
{
	size_t len = strnlen(src, max);

	memcpy(dst, src, len);
	memset(dst + len, 0, max - len);
	return dst;
}

size_t strlcpy(char *restrict dst, const char *restrict src, size_t size)
{
	size_t len = strlen(src);

	if (size > 0) {
		size_t copied = len < size ? len : size - 1;

		memcpy(dst, src, copied);
		dst[copied] = 0;
	}
	return len;
}
