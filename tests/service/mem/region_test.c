/* SPDX-License-Identifier: BSD-2-Clause */
/* The region tree against an array with a byte a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "service/mem/region.h"

#define NPAGES 600
#define PAGE 4096ULL
#define EMPTY 0xff

static uint8_t model[NPAGES]; /* protection, EMPTY: nothing */
static struct region_tree tree;
static long nnodes, out_of_memory_after = -1;

struct region *region_new(void)
{
	if (out_of_memory_after == 0)
		return NULL;
	if (out_of_memory_after > 0)
		out_of_memory_after--;
	nnodes++;
	return calloc(1, sizeof(struct region));
}

void region_delete(struct region *region)
{
	nnodes--;
	free(region);
}

static int setup(void **state)
{
	(void)state;
	memset(model, EMPTY, sizeof(model));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	region_remove(&tree, 0, UINT64_MAX);
	return nnodes == 0 && tree.root == NULL && tree.count == 0 ? 0 : -1;
}

/* The subtree's summary is right; its depth. */
static unsigned check_node(const struct region *node)
{
	uint64_t start, end, gap = 0;
	unsigned left = 0, right = 0;

	if (node == NULL)
		return 0;
	start = node->start;
	end = node->end;
	assert_true(start < end);
	if (node->left != NULL) {
		left = check_node(node->left);
		assert_true(node->left->priority <= node->priority);
		assert_true(node->left->subtree_end <= node->start);
		start = node->left->subtree_start;
		gap = node->left->subtree_gap;
		if (node->start - node->left->subtree_end > gap)
			gap = node->start - node->left->subtree_end;
	}
	if (node->right != NULL) {
		right = check_node(node->right);
		assert_true(node->right->priority <= node->priority);
		assert_true(node->right->subtree_start >= node->end);
		end = node->right->subtree_end;
		if (node->right->subtree_gap > gap)
			gap = node->right->subtree_gap;
		if (node->right->subtree_start - node->end > gap)
			gap = node->right->subtree_start - node->end;
	}
	assert_int_equal(node->subtree_start, start);
	assert_int_equal(node->subtree_end, end);
	assert_int_equal(node->subtree_gap, gap);
	return 1 + (left > right ? left : right);
}

static void check(void)
{
	uint64_t count = 0;

	check_node(tree.root);
	for (uint64_t page = 0; page < NPAGES; page++) {
		struct region *region = region_at(&tree, (page + 1) * PAGE);

		assert_int_equal(region != NULL ? (uint8_t)region->prot : EMPTY, model[page]);
		if (model[page] != EMPTY && (page == 0 || model[page] != model[page - 1]))
			count++;
	}
	assert_int_equal(tree.count, count); /* neighbours that are alike are one */
	assert_int_equal(nnodes, count);
}

static uint64_t model_gap(uint64_t len, bool down)
{
	for (uint64_t i = 0; i + len <= NPAGES; i++) {
		uint64_t at = down ? NPAGES - len - i : i, used = 0;

		for (uint64_t page = at; page < at + len; page++)
			used += model[page] != EMPTY;
		if (used == 0)
			return (at + 1) * PAGE;
	}
	return 0;
}

static void remove_range(uint64_t first, uint64_t len)
{
	assert_true(region_split(&tree, (first + 1) * PAGE));
	assert_true(region_split(&tree, (first + 1 + len) * PAGE));
	region_remove(&tree, (first + 1) * PAGE, (first + 1 + len) * PAGE);
	memset(model + first, EMPTY, len);
}

static void test_random(void **state)
{
	(void)state;
	srandom(2);
	for (int step = 0; step < 4000; step++) {
		uint64_t first = (uint64_t)random() % NPAGES;
		uint64_t len = 1 + (uint64_t)random() % (random() % 8 == 0 ? 100 : 6);
		uint8_t prot = (uint8_t)(random() % 4);

		if (len > NPAGES - first)
			len = NPAGES - first;
		remove_range(first, len);
		if (random() % 3 != 0) {
			assert_true(region_insert(&tree, (first + 1) * PAGE,
						  (first + 1 + len) * PAGE, prot, REGION_ANON,
						  NULL));
			memset(model + first, prot, len);
		}
		check();
		len = 1 + (uint64_t)random() % 20;
		for (int down = 0; down < 2; down++)
			assert_int_equal(region_gap(&tree, PAGE, (NPAGES + 1) * PAGE, len * PAGE,
						    PAGE, down),
					 model_gap(len, down));
		assert_int_equal(region_overlaps(&tree, (first + 1) * PAGE, (first + 2) * PAGE),
				 model[first] != EMPTY);
	}
}

static void test_gap_aligned(void **state)
{
	uint64_t granule = 16 * PAGE;

	(void)state;
	assert_true(region_insert(&tree, 5 * PAGE, 20 * PAGE, 1, REGION_DMA, NULL));
	assert_true(region_insert(&tree, 40 * PAGE, 41 * PAGE, 1, REGION_DMA, NULL));
	/* [20, 40) has room for 8 pages, but not from a multiple of 16 other than 32. */
	assert_int_equal(region_gap(&tree, PAGE, 64 * PAGE, 8 * PAGE, granule, false), 32 * PAGE);
	assert_int_equal(region_gap(&tree, PAGE, 64 * PAGE, 9 * PAGE, granule, false), 48 * PAGE);
	assert_int_equal(region_gap(&tree, PAGE, 64 * PAGE, 16 * PAGE, granule, true), 48 * PAGE);
	assert_int_equal(region_gap(&tree, PAGE, 64 * PAGE, 24 * PAGE, PAGE, false), 0);
}

/* Ten thousand regions in order make no list of it. */
static void test_depth(void **state)
{
	unsigned depth;

	(void)state;
	for (uint64_t i = 1; i <= 10000; i++)
		assert_true(region_insert(&tree, i * 2 * PAGE, i * 2 * PAGE + PAGE, 1, REGION_ANON,
					  NULL));
	depth = check_node(tree.root);
	assert_true(depth < 64);
	assert_int_equal(tree.count, 10000);
}

static void test_out_of_memory(void **state)
{
	(void)state;
	assert_true(region_insert(&tree, PAGE, 11 * PAGE, 3, REGION_ANON, NULL));
	memset(model, 3, 10);
	out_of_memory_after = 0;
	assert_false(region_insert(&tree, 20 * PAGE, 21 * PAGE, 3, REGION_ANON, NULL));
	assert_false(region_split(&tree, 5 * PAGE));
	assert_true(region_split(&tree, 11 * PAGE)); /* a border already */
	out_of_memory_after = -1;
	check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gap_aligned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
		cmocka_unit_test_setup_teardown(test_out_of_memory, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
