/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The allocator that alloc.h describes, under one lock of the host's.
 *
 * Chunks are kept in an array sorted by address, so the chunk of an address is found by bisection.
 * The array lives in pages of the arena itself, and is replaced by one twice as long when it is
 * full. Objects below half a page are found and freed without looking at the chunks.
 */
#include "alloc.h"
#include "rumpuser.h"

#define PAGE ARENA_PAGE
#define PAGES(len) (((len) + PAGE - 1) / PAGE)
#define CLASS_MIN_SHIFT 4
#define CLASS_MAX_SHIFT 11 /* half a page */
#define CLASSES (CLASS_MAX_SHIFT - CLASS_MIN_SHIFT + 1)
#define WORD_BITS 64
#define MAP_BYTES(pages) (((pages) + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t))
/* The least chunk to ask for when memory is short or scattered: of a smaller one its own page would
 * be more than a sixteenth. */
#define CHUNK_MIN (64ul << 10)

struct chunk {
	struct chunk_memory memory;
	size_t npages;
	size_t nfree;
	size_t hint;	/* no page below is free */
	uint64_t *used; /* bit maps, in the chunk's own first page or pages */
	uint64_t *cut;	/* used, and cut into objects */
	size_t nown;	/* how many those are */
};

struct object {
	struct object *next;
};

static struct object *objects[CLASSES];
static struct chunk **chunks;		   /* sorted; a struct chunk follows its bit map */
static size_t nchunks, chunks_max, nempty; /* nempty counts chunks without a page in use */
/* Room for the first pointers, until the array can have pages. */
static struct chunk *chunks_first[16];

void *memcpy(void *restrict dst, const void *restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);

static void must(bool holds, const char *wrong)
{
	if (holds)
		return;
	rumpuser_dprintf("rumpuser: %s\n", wrong);
	rumpuser_exit(RUMPUSER_PANIC);
}

static bool page_is(const uint64_t *map, size_t page)
{
	return map[page / WORD_BITS] >> page % WORD_BITS & 1;
}

static size_t page_of(const struct chunk *c, const void *mem)
{
	return (size_t)((const uint8_t *)mem - c->memory.va) / PAGE;
}

static bool chunk_empty(const struct chunk *c)
{
	return c->nfree == c->npages - c->nown;
}

static void pages_mark(struct chunk *c, size_t page, size_t count, bool used)
{
	for (size_t i = page; i < page + count; i++) {
		uint64_t bit = 1ull << i % WORD_BITS;

		if (used)
			c->used[i / WORD_BITS] |= bit;
		else
			c->used[i / WORD_BITS] &= ~bit;
	}
}

/*
 * The number of chunks at or below that address: if the address is in a chunk, it is the previous
 * one.
 */
static size_t chunk_above(const uint8_t *va)
{
	size_t low = 0, high = nchunks;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (chunks[middle]->memory.va <= va)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct chunk *chunk_find(const uint8_t *va)
{
	size_t n = chunk_above(va);
	struct chunk *c = n > 0 ? chunks[n - 1] : NULL;

	return c && va < c->memory.va + c->npages * PAGE ? c : NULL;
}

static void *pages_take(struct chunk *c, size_t count, size_t align)
{
	size_t run = 0;
	bool lowest = true;

	if (c->nfree < count)
		return NULL;
	for (size_t page = c->hint; page < c->npages; page++) {
		if (page_is(c->used, page)) {
			run = 0;
			continue;
		}
		if (lowest)
			c->hint = page;
		lowest = false;
		if (run == 0 && (uintptr_t)(c->memory.va + page * PAGE) % align != 0)
			continue;
		if (++run < count)
			continue;
		page -= count - 1;
		pages_mark(c, page, count, true);
		nempty -= chunk_empty(c);
		c->nfree -= count;
		return c->memory.va + page * PAGE;
	}
	return NULL;
}

static void chunk_insert(struct chunk *c)
{
	size_t at = chunk_above(c->memory.va);

	memmove(chunks + at + 1, chunks + at, (nchunks - at) * sizeof(*chunks));
	chunks[at] = c;
	nchunks++;
}

static void chunk_drop(struct chunk *c)
{
	struct chunk_memory memory = c->memory;
	size_t at = chunk_above(memory.va) - 1, len = c->npages * PAGE;

	nchunks--;
	nempty--;
	memmove(chunks + at, chunks + at + 1, (nchunks - at) * sizeof(*chunks));
	chunk_put(&memory, len);
}

/* A chunk with room for count pages so aligned; it is not in the array yet. */
static struct chunk *chunk_make(size_t count, size_t align)
{
	/* Its own pages: two bit maps and struct chunk. */
	size_t pages = count + PAGES(align > PAGE ? align : 0);
	size_t len = nchunks > 0 ? ARENA_CHUNK : ARENA_FIRST;
	struct chunk_memory memory;
	struct chunk *c;
	size_t nown;

	pages += PAGES(sizeof(struct chunk) + 2 * MAP_BYTES(pages)) + 1;
	if (len < pages * PAGE)
		len = pages * PAGE;
	while (!chunk_get(len, &memory)) {
		if (len / 2 < pages * PAGE || len / 2 < CHUNK_MIN)
			return NULL;
		len = PAGES(len / 2) * PAGE;
	}
	nown = PAGES(sizeof(struct chunk) + 2 * MAP_BYTES(len / PAGE));
	memset(memory.va, 0, nown * PAGE);
	c = (struct chunk *)memory.va;
	*c = (struct chunk){.memory = memory,
			    .npages = len / PAGE,
			    .nfree = len / PAGE - nown,
			    .hint = nown,
			    .used = (uint64_t *)(c + 1),
			    .cut = (uint64_t *)(c + 1) + MAP_BYTES(len / PAGE) / sizeof(uint64_t),
			    .nown = nown};
	pages_mark(c, 0, nown, true);
	nempty++;
	return c;
}

/* Make room in the array for one more chunk; the memory may come from this chunk itself. */
static bool chunks_grow(struct chunk *c)
{
	struct chunk **longer, **old = chunks;
	size_t old_max = chunks_max;

	if (!chunks) {
		chunks = chunks_first;
		chunks_max = sizeof(chunks_first) / sizeof(*chunks_first);
	}
	if (nchunks < chunks_max)
		return true;
	longer = pages_take(c, PAGES(2 * chunks_max * sizeof(*chunks)), PAGE);
	if (!longer)
		return false;
	memcpy(longer, chunks, nchunks * sizeof(*chunks));
	chunks = longer;
	chunks_max *= 2;
	if (old != chunks_first) {
		size_t pages = PAGES(old_max * sizeof(*chunks));
		struct chunk *holder = chunk_find((uint8_t *)old);

		pages_mark(holder, page_of(holder, old), pages, false);
		holder->nfree += pages;
		holder->hint = holder->nown;
		nempty += chunk_empty(holder);
	}
	return true;
}

static void *pages_alloc(size_t count, size_t align)
{
	struct chunk *c;
	void *mem;

	for (size_t i = nchunks; i > 0; i--) {
		mem = pages_take(chunks[i - 1], count, align);
		if (mem)
			return mem;
	}
	/* The spare pages are for a longer array of chunks. */
	c = chunk_make(count + PAGES(2 * chunks_max * sizeof(*chunks)), align);
	if (!c)
		return NULL;
	if (!chunks_grow(c)) {
		struct chunk_memory memory = c->memory;

		nempty--;
		chunk_put(&memory, c->npages * PAGE);
		return NULL;
	}
	chunk_insert(c);
	return pages_take(c, count, align);
}

void *arena_alloc_at(void *mem, size_t len_bytes)
{
	size_t count = PAGES(len_bytes), page, n = 0;
	struct chunk *c;
	bool taken = false;

	if ((uintptr_t)mem % PAGE != 0 || count == 0)
		return NULL;
	chunk_lock();
	c = chunk_find(mem);
	if (c) {
		page = page_of(c, mem);
		while (n < count && page + n < c->npages && !page_is(c->used, page + n))
			n++;
		taken = n == count;
	}
	if (taken) {
		pages_mark(c, page, count, true);
		nempty -= chunk_empty(c);
		c->nfree -= count;
	}
	chunk_unlock();
	return taken ? mem : NULL;
}

static void pages_free(uint8_t *mem, size_t count)
{
	struct chunk *c = chunk_find(mem);
	size_t page;

	must(c != NULL, "memory is freed that is not the arena's");
	page = page_of(c, mem);
	must(page >= c->nown && page + count <= c->npages && page_is(c->used, page),
	     "memory is freed twice, or with another length");
	pages_mark(c, page, count, false);
	c->nfree += count;
	if (page < c->hint)
		c->hint = page;
	if (!chunk_empty(c))
		return;
	nempty++;
	if (nempty > 1 || c->npages * PAGE > ARENA_CHUNK)
		chunk_drop(c);
}

/* Index of the smallest class for that length; CLASSES: use whole pages. */
static unsigned class_of(size_t len)
{
	if (len <= 1ul << CLASS_MIN_SHIFT)
		return 0;
	if (len > 1ul << CLASS_MAX_SHIFT)
		return CLASSES;
	return (unsigned)(64 - __builtin_clzll(len - 1)) - CLASS_MIN_SHIFT;
}

static bool objects_make(unsigned class)
{
	size_t size = 1ul << (class + CLASS_MIN_SHIFT);
	uint8_t *page = pages_alloc(1, PAGE);
	struct chunk *c;
	size_t n;

	if (!page)
		return false;
	c = chunk_find(page);
	n = page_of(c, page);
	c->cut[n / WORD_BITS] |= 1ull << n % WORD_BITS;
	for (size_t at = PAGE; at > 0; at -= size) {
		struct object *o = (struct object *)(page + at - size);

		o->next = objects[class];
		objects[class] = o;
	}
	return true;
}

/*
 * An object is aligned to its class. An object with a larger alignment gets whole pages; arena_free
 * recognises such an object because its page is not cut.
 */
void *arena_alloc(size_t len_bytes, size_t align)
{
	unsigned class = class_of(len_bytes);
	struct object *o;
	void *mem;

	if (align == 0 || (align & (align - 1)) != 0 || len_bytes > SIZE_MAX / 4 ||
	    align > SIZE_MAX / 4)
		return NULL;
	chunk_lock();
	if (class < CLASSES && align <= 1ul << (class + CLASS_MIN_SHIFT)) {
		o = objects[class];
		if (!o && objects_make(class))
			o = objects[class];
		if (o)
			objects[class] = o->next;
		mem = o;
	} else {
		mem = pages_alloc(len_bytes ? PAGES(len_bytes) : 1, align > PAGE ? align : PAGE);
	}
	chunk_unlock();
	return mem;
}

static bool has_own_page(const void *mem)
{
	const struct chunk *c;

	if ((uintptr_t)mem % PAGE != 0)
		return false;
	c = chunk_find(mem);
	must(c != NULL, "memory is freed that is not the arena's");
	return !page_is(c->cut, page_of(c, mem));
}

void arena_free(void *mem, size_t len_bytes)
{
	unsigned class = class_of(len_bytes);
	struct object *o = mem;

	if (!mem)
		return;
	chunk_lock();
	if (class == CLASSES || has_own_page(mem)) {
		pages_free(mem, len_bytes ? PAGES(len_bytes) : 1);
	} else {
		o->next = objects[class];
		objects[class] = o;
	}
	chunk_unlock();
}

bool arena_has(const void *mem)
{
	bool has;

	chunk_lock();
	has = chunk_find(mem) != NULL;
	chunk_unlock();
	return has;
}

uint64_t arena_paddr(const void *mem)
{
	uint64_t paddr = 0;
	struct chunk *c;

	chunk_lock();
	c = chunk_find(mem);
	if (c && c->memory.paddr)
		paddr = c->memory.paddr + (uint64_t)((const uint8_t *)mem - c->memory.va);
	chunk_unlock();
	return paddr;
}

void *object_alloc(size_t len_bytes)
{
	void *mem = arena_alloc(len_bytes, 16);

	must(mem != NULL, "out of memory");
	memset(mem, 0, len_bytes);
	return mem;
}

void object_free(void *mem, size_t len_bytes)
{
	arena_free(mem, len_bytes);
}
