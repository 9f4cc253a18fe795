/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap (cos/alloc.h), in three layers:
 *
 *	objects	up to OBJECT_MAX bytes. A span is a run of pages with objects of one size class.
 *		It begins with its struct span; its free objects are linked through themselves.
 *	runs	of pages, up to RUN_MAX bytes, cut from chunks. A chunk is CHUNK_SIZE bytes at a
 *		multiple of CHUNK_SIZE and begins with a table of its pages (struct page_info).
 *	huge	a chunk of its own, as long as needed, for what is longer.
 *
 * I1  The chunk of an allocation is its address rounded down to CHUNK_SIZE, and the chunk's table
 *     says which span or run the address lies in. So cos_free needs no header before the object.
 * I2  The first and the last page of a run tell its length, and no two free runs are neighbours: a
 *     freed run merges with free neighbours (run_free).
 * I3  A free run is in the list of its length (bins[n]: n pages; the last list: BIN_LAST and more).
 *     bins_used has a bit for each list that is not empty.
 * I4  A span with a free object is in partial[] of its class; no other span is.
 * I5  At most one chunk without allocations and EMPTY_SPANS_MAX spans without objects are kept.
 *
 * One lock for all. Everything is constant time but the search of the last list for the first run
 * that is long enough.
 */
#include <stdbool.h>
#include <stdint.h>
#include <mem/mem.h>
#include <cos/alloc.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>

#define PAGE COS_PAGE_SIZE
#define CHUNK_SIZE (4UL << 20) /* two super-pages of mem */
#define CHUNK_PAGES (CHUNK_SIZE / PAGE)
#define CHUNK_MAGIC 0x6b6e756863736f63ULL
#define OBJECT_MAX 8192 /* an eighth of the longest span: little is lost at its end */
#define BIN_LAST 128	/* runs of 512 KiB and more are rare enough to be searched */
/*
 * Kept, so that a single object which comes and goes does not make and free a span each time. A
 * component uses few size classes at once; 8 spans are at most 512 KiB.
 */
#define EMPTY_SPANS_MAX 8

enum page_kind { PAGE_INNER, PAGE_FREE, PAGE_SPAN, PAGE_RUN };

struct page_info {
	uint16_t kind;
	uint16_t run_pages; /* at the first and the last page of a run */
	uint16_t back;	    /* at each page of a span and the last of a run: pages to its first */
	uint16_t reserved;
};

struct free_run { /* in the first page of a free run */
	struct free_run *next;
	struct free_run *previous;
};

struct chunk {
	uint64_t magic;
	uint64_t map_addr; /* as mem gave it */
	uint64_t map_len;
	uint64_t huge_addr; /* the allocation in it, if it is a huge one's */
	uint64_t free_pages;
	uint64_t first_page; /* behind the header */
	struct page_info page[CHUNK_PAGES];
};
#define HEADER_PAGES ((sizeof(struct chunk) + PAGE - 1) / PAGE)
#define RUN_MAX (CHUNK_SIZE - HEADER_PAGES * PAGE)

struct span {
	struct span *next;
	struct span *previous;
	void *free;
	uint32_t class;
	uint32_t used;
	uint32_t fresh; /* objects from here on were never handed out */
	uint32_t count;
	uint32_t first_offset;
	uint32_t reserved;
};

static struct cos_mutex heap_mutex;
static struct free_run *bins[BIN_LAST + 1]; /* bins[n]: runs of n pages; the last: that or longer */
static uint64_t bins_used[BIN_LAST / 64 + 1];
static struct span *partial[64]; /* spans of a class with free objects */
static unsigned empty_chunks, empty_spans;

/* Size classes: multiples of 16 up to 128, then four a doubling. */
static unsigned class_of(size_t len)
{
	unsigned shift;

	if (len <= 128)
		return len == 0 ? 0 : (unsigned)((len - 1) / 16);
	shift = 63 -
		(unsigned)__builtin_clzl(len - 1); /* 2^shift < len <= 2^(shift + 1), shift >= 7 */
	return 8 + (shift - 7) * 4 + (unsigned)(((len - 1) >> (shift - 2)) & 3);
}

static size_t class_size(unsigned class)
{
	unsigned shift;

	if (class < 8)
		return (class + 1) * 16UL;
	shift = 7 + (class - 8) / 4;
	return (1UL << shift) + ((class - 8) % 4 + 1) * (1UL << (shift - 2));
}

/* Long enough that little is left over at the end. */
static unsigned span_pages(size_t size)
{
	return size <= 256 ? 1 : size <= 1024 ? 4 : 16;
}

static struct chunk *chunk_of(const void *p)
{
	return (struct chunk *)((uintptr_t)p & ~(CHUNK_SIZE - 1));
}

static unsigned page_of(const void *p)
{
	return (unsigned)(((uintptr_t)p & (CHUNK_SIZE - 1)) / PAGE);
}

static unsigned bin_of(unsigned pages)
{
	return pages < BIN_LAST ? pages : BIN_LAST;
}

static void run_mark(struct chunk *chunk, unsigned first, unsigned pages, enum page_kind kind)
{
	chunk->page[first] = (struct page_info){.kind = kind, .run_pages = pages};
	if (pages > 1)
		chunk->page[first + pages - 1] = (struct page_info){
			.kind = kind, .run_pages = pages, .back = (uint16_t)(pages - 1)};
}

static void run_list(struct chunk *chunk, unsigned first, unsigned pages)
{
	struct free_run *run = (void *)((uintptr_t)chunk + first * PAGE);
	unsigned bin = bin_of(pages);

	run_mark(chunk, first, pages, PAGE_FREE);
	run->previous = NULL;
	run->next = bins[bin];
	if (run->next != NULL)
		run->next->previous = run;
	bins[bin] = run;
	bins_used[bin / 64] |= 1UL << bin % 64;
}

static void run_unlist(struct free_run *run, unsigned pages)
{
	unsigned bin = bin_of(pages);

	if (run->previous != NULL)
		run->previous->next = run->next;
	else
		bins[bin] = run->next;
	if (run->next != NULL)
		run->next->previous = run->previous;
	if (bins[bin] == NULL)
		bins_used[bin / 64] &= ~(1UL << bin % 64);
}

/* A chunk of len bytes from mem, at a multiple of CHUNK_SIZE; NULL: out of memory. */
static struct chunk *chunk_map(size_t len)
{
	size_t map_len = len + CHUNK_SIZE - PAGE;
	long addr = mem_map(map_len, COS_PG_READ | COS_PG_WRITE);
	struct chunk *chunk;
	uint64_t start, end;

	if (addr < 0)
		return NULL;
	start = ((uint64_t)addr + CHUNK_SIZE - 1) & ~(CHUNK_SIZE - 1);
	end = start + len;
	if (start > (uint64_t)addr)
		cos_assert(mem_unmap((unsigned long)addr, start - (uint64_t)addr) == 0);
	if ((uint64_t)addr + map_len > end)
		cos_assert(mem_unmap(end, (uint64_t)addr + map_len - end) == 0);
	chunk = (struct chunk *)start;
	chunk->magic = CHUNK_MAGIC;
	chunk->map_addr = start;
	chunk->map_len = len;
	return chunk;
}

static void chunk_unmap(struct chunk *chunk)
{
	cos_assert(mem_unmap(chunk->map_addr, chunk->map_len) == 0);
}

static bool heap_grow(void)
{
	struct chunk *chunk = chunk_map(CHUNK_SIZE);

	if (chunk == NULL)
		return false;
	chunk->first_page = HEADER_PAGES;
	chunk->free_pages = CHUNK_PAGES - HEADER_PAGES;
	empty_chunks++;
	run_list(chunk, HEADER_PAGES, CHUNK_PAGES - HEADER_PAGES);
	return true;
}

static struct free_run *run_find(unsigned pages)
{
	for (unsigned bin = bin_of(pages); bin < BIN_LAST;) {
		uint64_t used = bins_used[bin / 64] >> bin % 64;

		if (used == 0) {
			bin = (bin / 64 + 1) * 64;
			continue;
		}
		bin += (unsigned)__builtin_ctzl(used);
		if (bin < BIN_LAST)
			return bins[bin];
	}
	for (struct free_run *run = bins[BIN_LAST]; run != NULL; run = run->next)
		if (chunk_of(run)->page[page_of(run)].run_pages >= pages)
			return run;
	return NULL;
}

/* pages at an address that is a multiple of align; NULL when out of memory. */
static void *run_alloc(unsigned pages, size_t align, enum page_kind kind)
{
	unsigned slack = align > PAGE ? (unsigned)(align / PAGE) - 1 : 0;
	struct free_run *run = run_find(pages + slack);
	struct chunk *chunk;
	unsigned first, have, skip;

	if (run == NULL) {
		if (!heap_grow())
			return NULL;
		run = run_find(pages + slack);
	}
	chunk = chunk_of(run);
	first = page_of(run);
	have = chunk->page[first].run_pages;
	run_unlist(run, have);
	if (chunk->free_pages == CHUNK_PAGES - HEADER_PAGES)
		empty_chunks--;
	skip = (unsigned)((-(uintptr_t)run & (align - 1)) / PAGE);
	if (skip > 0)
		run_list(chunk, first, skip);
	if (have > skip + pages)
		run_list(chunk, first + skip + pages, have - skip - pages);
	first += skip;
	chunk->free_pages -= pages;
	run_mark(chunk, first, pages, kind);
	return (void *)((uintptr_t)chunk + first * PAGE);
}

static void run_free(struct chunk *chunk, unsigned first)
{
	unsigned pages = chunk->page[first].run_pages, next = first + pages;

	chunk->free_pages += pages;
	if (next < CHUNK_PAGES && chunk->page[next].kind == PAGE_FREE) {
		run_unlist((void *)((uintptr_t)chunk + next * PAGE), chunk->page[next].run_pages);
		pages += chunk->page[next].run_pages;
	}
	if (first > chunk->first_page && chunk->page[first - 1].kind == PAGE_FREE) {
		unsigned before = chunk->page[first - 1].run_pages;

		first -= before;
		run_unlist((void *)((uintptr_t)chunk + first * PAGE), before);
		pages += before;
	}
	if (chunk->free_pages == CHUNK_PAGES - HEADER_PAGES) {
		if (empty_chunks > 0) { /* one is kept for the next time */
			chunk_unmap(chunk);
			return;
		}
		empty_chunks++;
	}
	run_list(chunk, first, pages);
}

static void span_list(struct span *span)
{
	span->previous = NULL;
	span->next = partial[span->class];
	if (span->next != NULL)
		span->next->previous = span;
	partial[span->class] = span;
}

static void span_unlist(struct span *span)
{
	if (span->previous != NULL)
		span->previous->next = span->next;
	else
		partial[span->class] = span->next;
	if (span->next != NULL)
		span->next->previous = span->previous;
}

static struct span *span_create(unsigned class)
{
	size_t size = class_size(class);
	unsigned pages = span_pages(size);
	struct span *span = run_alloc(pages, PAGE, PAGE_SPAN);
	size_t natural = size & -size; /* objects of a power of two are aligned to it */
	struct page_info *info;

	if (span == NULL)
		return NULL;
	info = &chunk_of(span)->page[page_of(span)];
	for (unsigned i = 1; i < pages; i++) {
		info[i].kind = i + 1 < pages ? PAGE_INNER : PAGE_SPAN;
		info[i].back = (uint16_t)i;
	}
	if (natural > PAGE)
		natural = PAGE;
	*span = (struct span){.class = class};
	span->first_offset = (uint32_t)((sizeof(*span) + natural - 1) & ~(natural - 1));
	span->count = (uint32_t)((pages * PAGE - span->first_offset) / size);
	span_list(span);
	return span;
}

static void *object_alloc(unsigned class)
{
	struct span *span = partial[class];
	void *object;

	if (span == NULL) {
		span = span_create(class);
		if (span == NULL)
			return NULL;
	} else if (span->used == 0) {
		empty_spans--;
	}
	object = span->free;
	if (object != NULL)
		span->free = *(void **)object;
	else
		object = (void *)((uintptr_t)span + span->first_offset +
				  span->fresh++ * class_size(class));
	if (++span->used == span->count)
		span_unlist(span);
	return object;
}

static void object_free(struct span *span, void *object)
{
	if (span->used == span->count)
		span_list(span);
	*(void **)object = span->free;
	span->free = object;
	if (--span->used > 0)
		return;
	if (span->next == NULL && span->previous == NULL && empty_spans < EMPTY_SPANS_MAX) {
		empty_spans++;
		return;
	}
	span_unlist(span);
	run_free(chunk_of(span), page_of(span));
}

static void *huge_alloc(size_t align, size_t len)
{
	size_t offset = align > PAGE ? align : PAGE;
	struct chunk *chunk;

	if (len > SIZE_MAX / 2)
		return NULL;
	chunk = chunk_map(((offset + len) + PAGE - 1) & ~(size_t)(PAGE - 1));
	if (chunk == NULL)
		return NULL;
	chunk->huge_addr = (uintptr_t)chunk + offset;
	return (void *)chunk->huge_addr;
}

/* The span or run that p is in, NULL: a huge allocation. Panics if p is no allocation. */
static struct page_info *lookup(const void *p, struct chunk **chunk, unsigned *first)
{
	struct page_info *info;

	*chunk = chunk_of(p);
	*first = page_of(p);
	cos_assert((*chunk)->magic == CHUNK_MAGIC);
	if ((*chunk)->huge_addr != 0) {
		cos_assert((uintptr_t)p == (*chunk)->huge_addr);
		return NULL;
	}
	info = &(*chunk)->page[*first];
	cos_assert(info->kind != PAGE_FREE && info->back <= *first);
	*first -= info->back;
	info -= info->back;
	cos_assert(info->kind == PAGE_SPAN || (info->kind == PAGE_RUN && (uintptr_t)p % PAGE == 0));
	return info;
}

void *cos_memalign(size_t align, size_t len)
{
	unsigned pages;
	void *p;

	if (align == 0 || (align & (align - 1)) != 0 || align > COS_ALLOC_ALIGN_MAX)
		return NULL;
	if (len >= PAGE && align < PAGE)
		align = PAGE;
	if (align > 16 && len <= OBJECT_MAX && align <= PAGE) {
		if (len < align)
			len = align;
		if (len > 128 ||
		    (len & (len - 1)) != 0) /* the next power of two: aligned to itself */
			len = len == 1 ? 1 : 1UL << (64 - __builtin_clzl(len - 1));
	}
	if (len > RUN_MAX / 2 || (len > OBJECT_MAX && align > CHUNK_SIZE / 8))
		return huge_alloc(align, len);
	cos_mutex_lock(&heap_mutex);
	if (len <= OBJECT_MAX && align <= PAGE) {
		p = object_alloc(class_of(len));
	} else {
		pages = (unsigned)((len + PAGE - 1) / PAGE);
		p = run_alloc(pages == 0 ? 1 : pages, align < PAGE ? PAGE : align, PAGE_RUN);
	}
	cos_mutex_unlock(&heap_mutex);
	return p;
}

void *cos_malloc(size_t len)
{
	return cos_memalign(16, len);
}

void *cos_calloc(size_t count, size_t len)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(count, len, &total))
		return NULL;
	p = cos_malloc(total);
	if (p != NULL)
		memset(p, 0, total);
	return p;
}

size_t cos_alloc_size(const void *p)
{
	struct chunk *chunk;
	unsigned first;
	struct page_info *info = lookup(p, &chunk, &first);

	if (info == NULL)
		return chunk->map_addr + chunk->map_len - chunk->huge_addr;
	if (info->kind == PAGE_RUN)
		return info->run_pages * (size_t)PAGE;
	return class_size(((struct span *)((uintptr_t)chunk + first * PAGE))->class);
}

void cos_free(void *p)
{
	struct chunk *chunk;
	struct page_info *info;
	unsigned first;

	if (p == NULL)
		return;
	info = lookup(p, &chunk, &first);
	if (info == NULL) {
		chunk_unmap(chunk);
		return;
	}
	cos_mutex_lock(&heap_mutex);
	if (info->kind == PAGE_SPAN)
		object_free((struct span *)((uintptr_t)chunk + first * PAGE), p);
	else
		run_free(chunk, first);
	cos_mutex_unlock(&heap_mutex);
}

void *cos_realloc(void *p, size_t len)
{
	size_t had;
	void *moved;

	if (p == NULL)
		return cos_malloc(len);
	had = cos_alloc_size(p);
	if (len <= had && len > had / 2)
		return p;
	moved = cos_malloc(len);
	if (moved == NULL)
		return NULL;
	memcpy(moved, p, had < len ? had : len);
	cos_free(p);
	return moved;
}
