/* SPDX-License-Identifier: BSD-2-Clause */
/* Pools: a list of blocks. Buffers: one block, which doubles. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pool.h"
#include "report.h"

struct pool_block {
	struct pool_block *next;
	max_align_t data[];
};

static void *must(void *memory)
{
	if (!memory) {
		report("out of memory");
		exit(STATUS_SYSTEM_FAILED);
	}
	return memory;
}

void *pool_alloc(struct pool *pool, size_t size)
{
	struct pool_block *block = must(calloc(1, sizeof(*block) + size));

	block->next = pool->blocks;
	pool->blocks = block;
	return block->data;
}

char *pool_strndup(struct pool *pool, const char *text, size_t len)
{
	char *copy = pool_alloc(pool, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *pool_strdup(struct pool *pool, const char *text)
{
	return pool_strndup(pool, text, strlen(text));
}

char *pool_vprintf(struct pool *pool, const char *format, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, format, ap) < 0)
		text = must(NULL);
	char *copy = pool_strdup(pool, text);
	free(text);
	return copy;
}

char *pool_printf(struct pool *pool, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	char *text = pool_vprintf(pool, format, ap);
	va_end(ap);
	return text;
}

void pool_free(struct pool *pool)
{
	for (struct pool_block *block = pool->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	pool->blocks = NULL;
}

void *pool_grow(struct pool *pool, void *array, size_t n, size_t item_size)
{
	if (n & (n - 1) || (n == 0 && array))
		return array;
	void *larger = pool_alloc(pool, (n ? 2 * n : 1) * item_size);
	if (n)
		memcpy(larger, array, n * item_size);
	return larger;
}

static void buffer_reserve(struct buffer *buffer, size_t more)
{
	if (buffer->size - buffer->len > more)
		return;
	size_t size = (buffer->len + more + 1) * 2;
	buffer->data = must(realloc(buffer->data, size));
	buffer->size = size;
}

void buffer_add(struct buffer *buffer, const void *data, size_t len)
{
	buffer_reserve(buffer, len);
	if (len)
		memcpy(buffer->data + buffer->len, data, len);
	buffer->len += len;
	buffer->data[buffer->len] = 0;
}

void buffer_zero(struct buffer *buffer, size_t len)
{
	buffer_reserve(buffer, len);
	memset(buffer->data + buffer->len, 0, len + 1);
	buffer->len += len;
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list ap;
	char *text = NULL;

	va_start(ap, format);
	int len = vasprintf(&text, format, ap);
	va_end(ap);
	if (len < 0)
		must(NULL);
	buffer_add(buffer, text, (size_t)len);
	free(text);
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){0};
}
