/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rump kernel's allocator (alloc.h, A1 to A3), over chunks of the host's memory with made-up
 * machine addresses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/mman.h>

#include "alloc.h"
#include "rumpuser.h"

#define PAGE 4096ul
#define OFFSET 0x5000000000ul /* machine address of a chunk: its address plus this */

static size_t chunks_out, bytes_out, bytes_limit = SIZE_MAX, largest = SIZE_MAX;

bool chunk_get(size_t len, struct chunk_memory *memory)
{
	void *va;

	if (bytes_out + len > bytes_limit || len > largest)
		return false;
	va = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(va, MAP_FAILED);
	memset(va, 0xa5, len);
	chunks_out++;
	bytes_out += len;
	*memory = (struct chunk_memory){va, (uint64_t)va + OFFSET};
	return true;
}

void chunk_put(const struct chunk_memory *memory, size_t len)
{
	assert_int_equal(munmap(memory->va, len), 0);
	chunks_out--;
	bytes_out -= len;
}

void chunk_lock(void)
{
}

void chunk_unlock(void)
{
}

/* Called by the allocator only when something is wrong. */
void rumpuser_dprintf(const char *format, ...)
{
	fprintf(stderr, "%s", format);
}

void rumpuser_exit(int value)
{
	(void)value;
	abort();
}

static void aligns_to_any_power_of_two(void **state)
{
	static const size_t lengths[] = {1, 16, 17, 100, 2048, 2049, 4096, 10000};
	void *mem[8][24];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		for (unsigned shift = 0; shift < 24; shift++) {
			void *p = arena_alloc(lengths[i], 1ul << shift);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % (1ul << shift), 0);
			memset(p, (int)(i * 24 + shift), lengths[i]);
			mem[i][shift] = p;
		}
	for (size_t i = 0; i < 8; i++)
		for (unsigned shift = 0; shift < 24; shift++) {
			const uint8_t *p = mem[i][shift];

			for (size_t at = 0; at < lengths[i]; at++)
				assert_int_equal(p[at], (uint8_t)(i * 24 + shift));
			arena_free(mem[i][shift], lengths[i]);
		}
	assert_null(arena_alloc(16, 3));
	assert_null(arena_alloc(16, 0));
	assert_null(arena_alloc(SIZE_MAX, 1));
	arena_free(NULL, 5);
}

static void gives_every_byte_its_machine_address(void **state)
{
	static const size_t lengths[] = {16, 3000, 5 * PAGE, 3ul << 20};
	int local;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint8_t *p = arena_alloc(lengths[i], 8);

		assert_int_equal(arena_paddr(p), (uint64_t)p + OFFSET);
		assert_int_equal(arena_paddr(p + lengths[i] - 1),
				 (uint64_t)p + lengths[i] - 1 + OFFSET);
		arena_free(p, lengths[i]);
	}
	assert_int_equal(arena_paddr(&local), 0);
	assert_int_equal(arena_paddr(NULL), 0);
}

static void gives_pages_back(void **state)
{
	size_t before, after;
	void *mem[600];

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		before = bytes_out;
		for (size_t i = 0; i < 600; i++)
			mem[i] = arena_alloc(8 * PAGE, PAGE);
		for (size_t i = 0; i < 600; i++)
			arena_free(mem[i], 8 * PAGE);
		after = bytes_out;
		assert_true(after <= before + ARENA_CHUNK);
	}
	/* A small object with a large alignment has a page, and returns it, too. */
	before = bytes_out;
	for (unsigned i = 0; i < 2000; i++) {
		void *p = arena_alloc(64, PAGE);

		assert_non_null(p);
		arena_free(p, 64);
	}
	assert_true(bytes_out <= before + ARENA_CHUNK);
	/* A large object is returned at once. */
	before = bytes_out;
	mem[0] = arena_alloc(64ul << 20, PAGE);
	assert_true(bytes_out >= before + (64ul << 20));
	arena_free(mem[0], 64ul << 20);
	assert_true(bytes_out <= before + ARENA_CHUNK);
}

static void says_when_memory_is_out_and_goes_on(void **state)
{
	void *mem[100];
	size_t n = 0;

	(void)state;
	bytes_limit = bytes_out + 2 * ARENA_CHUNK;
	while (n < 100 && (mem[n] = arena_alloc(64 * PAGE, PAGE)))
		n++;
	assert_in_range(n, 1, 99);
	assert_null(arena_alloc(64 * PAGE, PAGE));
	while (n > 0)
		arena_free(mem[--n], 64 * PAGE);
	bytes_limit = SIZE_MAX;
	mem[0] = arena_alloc(64 * PAGE, PAGE);
	assert_non_null(mem[0]);
	arena_free(mem[0], 64 * PAGE);
}

static void takes_smaller_chunks_when_memory_is_scattered(void **state)
{
	void *mem[200];

	(void)state;
	largest = 256ul << 10;
	for (size_t i = 0; i < 200; i++)
		assert_non_null(mem[i] = arena_alloc(9 * PAGE, PAGE));
	assert_true(chunks_out >= 10);
	assert_null(arena_alloc(300ul << 10, PAGE));
	for (size_t i = 0; i < 200; i++)
		arena_free(mem[i], 9 * PAGE);
	largest = SIZE_MAX;
}

struct piece {
	uint8_t *mem;
	size_t len;
	uint8_t fill;
};

/*
 * Random operations; each object is filled with its own number. No two overlap, and all memory is
 * returned.
 */
static void survives_a_random_life(void **state)
{
	static struct piece pieces[2000];
	unsigned seed = 12345;

	(void)state;
	for (unsigned step = 0; step < 60000; step++) {
		struct piece *p = &pieces[(seed = seed * 1103515245 + 12345) / 65536 % 2000];
		unsigned r = (seed = seed * 1103515245 + 12345) / 65536;

		if (p->mem) {
			for (size_t i = 0; i < p->len; i += p->len / 7 + 1)
				assert_int_equal(p->mem[i], p->fill);
			arena_free(p->mem, p->len);
			p->mem = NULL;
			continue;
		}
		p->len = r % 8 ? r % 3000 : r % 60000;
		p->fill = (uint8_t)step;
		p->mem = arena_alloc(p->len, 1ul << r % 13);
		assert_non_null(p->mem);
		memset(p->mem, p->fill, p->len);
	}
	for (size_t i = 0; i < 2000; i++)
		arena_free(pieces[i].mem, pieces[i].len);
}

static void gives_pages_where_wished(void **state)
{
	char *a = arena_alloc(8 * PAGE, PAGE), *b;

	(void)state;
	assert_null(arena_alloc_at(a, PAGE));
	arena_free(a, 8 * PAGE);
	b = arena_alloc_at(a + 2 * PAGE, 3 * PAGE);
	assert_ptr_equal(b, a + 2 * PAGE);
	memset(b, 1, 3 * PAGE);
	assert_null(arena_alloc_at(a + 4 * PAGE, 2 * PAGE));
	assert_null(arena_alloc_at(a + 1, PAGE));
	assert_null(arena_alloc_at(a, 0));
	assert_null(arena_alloc_at(a, 1ul << 40));
	assert_null(arena_alloc_at((void *)0x1000, PAGE));
	assert_true(arena_has(b));
	assert_false(arena_has((void *)0x1000));
	arena_free(b, 3 * PAGE);
	assert_non_null(arena_alloc_at(a, 8 * PAGE));
	arena_free(a, 8 * PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_pages_where_wished),
		cmocka_unit_test(aligns_to_any_power_of_two),
		cmocka_unit_test(gives_every_byte_its_machine_address),
		cmocka_unit_test(gives_pages_back),
		cmocka_unit_test(says_when_memory_is_out_and_goes_on),
		cmocka_unit_test(takes_smaller_chunks_when_memory_is_scattered),
		cmocka_unit_test(survives_a_random_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
