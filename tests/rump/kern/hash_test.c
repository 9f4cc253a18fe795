/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash tables that grow (kern/hash.h): entries are found after any number of growths, and the
 * tables do grow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kern/hash.h"

#define FIRST 4
#define ENTRIES 1000

struct entry {
	struct list node;
	uint64_t key;
};

static struct hash table;
static struct kmutex lock;
static size_t nentries;
static struct entry entries[ENTRIES];

static uint64_t key_of(const struct list *node)
{
	return list_entry(node, struct entry, node)->key;
}

static struct entry *find(uint64_t key)
{
	struct list *n, *head = hash_head(&table, key);

	list_foreach(n, head) {
		if (key_of(n) == key)
			return list_entry(n, struct entry, node);
	}
	return NULL;
}

static void test_grow(void **state)
{
	size_t longest = 0;

	(void)state;
	mutex_init(&lock);
	hash_init(&table, FIRST);
	for (size_t i = 0; i < ENTRIES; i++) {
		entries[i].key = i * UINT64_C(0x9e3779b97f4a7c15) >> 32;
		list_insert_head(hash_head(&table, entries[i].key), &entries[i].node);
		nentries++;
		hash_grow(&table, &lock, &nentries, key_of);
	}
	assert_int_equal(table.nheads, 1024);
	for (size_t i = 0; i < ENTRIES; i++)
		assert_ptr_equal(find(entries[i].key), &entries[i]);
	for (size_t i = 0; i < table.nheads; i++) {
		struct list *n;
		size_t len = 0;

		list_foreach(n, &table.heads[i])
			len++;
		longest = len > longest ? len : longest;
	}
	assert_true(longest < 10);
}

static void test_room(void **state)
{
	size_t before = table.nheads;

	(void)state;
	nentries = before;
	hash_grow(&table, &lock, &nentries, key_of);
	assert_int_equal(table.nheads, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
