/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of one command: allocated piece by piece, freed all at once. Every function here ends
 * the process with status 125 when there is no memory, so that none of them can fail.
 */
#ifndef R2C_POOL_H
#define R2C_POOL_H

#include <stdarg.h>
#include <stddef.h>

struct pool_block;
struct pool {
	struct pool_block *blocks;
};

void *pool_alloc(struct pool *pool, size_t size); /* zeroed */
char *pool_strdup(struct pool *pool, const char *text);
char *pool_strndup(struct pool *pool, const char *text, size_t len);
__attribute__((format(printf, 2, 3))) char *pool_printf(struct pool *pool, const char *format, ...);
char *pool_vprintf(struct pool *pool, const char *format, va_list ap);
void pool_free(struct pool *pool);

/* Room for one more in an array of n items; the array moves when n is a power of two. */
void *pool_grow(struct pool *pool, void *array, size_t n, size_t item_size);
#define pool_push(pool, array, n) \
	(*((array) = pool_grow((pool), (array), (n), sizeof(*(array))), &(array)[(n)++]))

/* Text or bytes that grow; data is always NUL-terminated. */
struct buffer {
	char *data;
	size_t len;
	size_t size;
};

void buffer_add(struct buffer *buffer, const void *data, size_t len);
void buffer_zero(struct buffer *buffer, size_t len);
__attribute__((format(printf, 2, 3))) void buffer_printf(struct buffer *buffer, const char *format,
							 ...);
void buffer_free(struct buffer *buffer);

#endif
