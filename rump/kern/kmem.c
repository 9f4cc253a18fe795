/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel memory: the limit, and the caches that give back (kmem.h). */
#include "kern/kmem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kern/printf.h"
#include "kern/string.h"
#include "kern/sync.h"

static _Atomic uint64_t used_bytes;
static uint64_t limit_bytes = UINT64_MAX;
static struct list reclaimers = LIST_INIT(reclaimers); /* only grows, during initialisation */

uint64_t kmem_limit(void)
{
	return limit_bytes;
}

uint64_t kmem_used(void)
{
	return used_bytes;
}

void kmem_reclaimer_add(struct kmem_reclaimer *kr)
{
	list_insert_tail(&reclaimers, &kr->kr_node);
}

static bool reclaim(size_t want)
{
	struct list *n;
	size_t got = 0;

	list_foreach(n, &reclaimers) {
		got += list_entry(n, struct kmem_reclaimer, kr_node)->kr_reclaim(want);
		if (got >= want)
			break;
	}
	return got != 0;
}

void *kmem_alloc_aligned(size_t len, size_t align)
{
	void *mem;

	if (len > INT64_MAX)
		return NULL;
	for (;;) {
		uint64_t now = atomic_fetch_add_explicit(&used_bytes, len, memory_order_relaxed);

		if (now + len <= limit_bytes && rumpuser_malloc(len, (int)align, &mem) == 0)
			return mem;
		atomic_fetch_sub_explicit(&used_bytes, len, memory_order_relaxed);
		if (!reclaim(len))
			return NULL;
	}
}

void *kmem_alloc(size_t len)
{
	return kmem_alloc_aligned(len, 16);
}

void *kmem_zalloc(size_t len)
{
	void *mem = kmem_alloc(len);

	if (mem != NULL)
		memset(mem, 0, len);
	return mem;
}

void kmem_free(void *mem, size_t len)
{
	if (mem == NULL)
		return;
	rumpuser_free(mem, len);
	atomic_fetch_sub_explicit(&used_bytes, len, memory_order_relaxed);
}

char *kmem_strdup(const char *s)
{
	size_t len = strlen(s) + 1;
	char *copy = kmem_alloc(len);

	if (copy != NULL)
		memcpy(copy, s, len);
	return copy;
}

void kmem_strfree(char *s)
{
	if (s != NULL)
		kmem_free(s, strlen(s) + 1);
}

uint64_t kmem_parse_size(const char *s)
{
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return UINT64_MAX;
	switch (*s) {
	case 'k':
	case 'K':
		return n << 10;
	case 'm':
	case 'M':
		return n << 20;
	case 'g':
	case 'G':
		return n << 30;
	default:
		return n;
	}
}

void kmem_bootstrap(void)
{
	char buf[32];

	if (rumpuser_getparam("RUMP_MEMLIMIT", buf, sizeof(buf)) == 0 && buf[0] >= '0' &&
	    buf[0] <= '9')
		limit_bytes = kmem_parse_size(buf);
}
