/* SPDX-License-Identifier: BSD-2-Clause */
/* File contents: a radix tree of pages, as high as the largest page index needs. */
#include <rump/errno.h>

#include "fs/tmpfs/tmpfs.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

#define FANOUT_BITS 6
#define FANOUT (1u << FANOUT_BITS)
#define NODE_BYTES (FANOUT * sizeof(void *))

/* The number of pages that a tree of this height holds; 0 stands for 2^64. */
static uint64_t tree_span(unsigned height)
{
	return height * FANOUT_BITS >= 64 ? 0 : UINT64_C(1) << (height * FANOUT_BITS);
}

static bool tree_covers(unsigned height, uint64_t index)
{
	uint64_t span = tree_span(height);

	return span == 0 || index < span;
}

static char *page_find(const struct tmpfs_node *tn, uint64_t index)
{
	void *p = tn->tn_data.root;

	if (!tree_covers(tn->tn_data.height, index))
		return NULL;
	for (unsigned h = tn->tn_data.height; h > 0 && p != NULL; h--)
		p = ((void **)p)[index >> ((h - 1) * FANOUT_BITS) & (FANOUT - 1)];
	return p;
}

static char *page_alloc(struct tmpfs_node *tn)
{
	struct tmpfs_mount *tm = tn->tn_mount;
	char *page;

	if (atomic_fetch_add(&tm->tm_pages, 1) >= tm->tm_pages_max) {
		atomic_fetch_sub(&tm->tm_pages, 1);
		return NULL;
	}
	page = kmem_alloc_aligned(TMPFS_PAGE, TMPFS_PAGE);
	if (page == NULL) {
		atomic_fetch_sub(&tm->tm_pages, 1);
		return NULL;
	}
	memset(page, 0, TMPFS_PAGE);
	tn->tn_pages++;
	return page;
}

/* The page; a hole gets a zeroed one. NULL: no space. */
static char *page_get(struct tmpfs_node *tn, uint64_t index)
{
	void **slot = &tn->tn_data.root;

	while (!tree_covers(tn->tn_data.height, index)) {
		void **top;

		if (tn->tn_data.root != NULL) {
			top = kmem_zalloc(NODE_BYTES);
			if (top == NULL)
				return NULL;
			top[0] = tn->tn_data.root;
			tn->tn_data.root = top;
		}
		tn->tn_data.height++;
	}
	for (unsigned h = tn->tn_data.height; h > 0; h--) {
		if (*slot == NULL && (*slot = kmem_zalloc(NODE_BYTES)) == NULL)
			return NULL;
		slot = &((void **)*slot)[index >> ((h - 1) * FANOUT_BITS) & (FANOUT - 1)];
	}
	if (*slot == NULL)
		*slot = page_alloc(tn);
	return *slot;
}

/*
 * Free the pages from index first on below p, which starts at page base. true: p became empty and
 * was freed.
 */
static bool tree_cut(struct tmpfs_node *tn, void *p, unsigned height, uint64_t base, uint64_t first)
{
	bool empty = true;

	if (height == 0) {
		if (base < first)
			return false;
		kmem_free(p, TMPFS_PAGE);
		atomic_fetch_sub(&tn->tn_mount->tm_pages, 1);
		tn->tn_pages--;
		return true;
	}
	for (unsigned i = 0; i < FANOUT; i++) {
		void **slot = &((void **)p)[i];
		uint64_t start = base + (uint64_t)i * tree_span(height - 1);

		if (*slot == NULL)
			continue;
		if (start + (tree_span(height - 1) - 1) < first)
			empty = false; /* all of this child stays */
		else if (tree_cut(tn, *slot, height - 1, start, first))
			*slot = NULL;
		else
			empty = false;
	}
	if (empty)
		kmem_free(p, NODE_BYTES);
	return empty;
}

void tmpfs_data_truncate(struct tmpfs_node *tn, int64_t size)
{
	uint64_t first = ((uint64_t)size + TMPFS_PAGE - 1) / TMPFS_PAGE;
	char *page;

	if (size < tn->tn_size) {
		if (tn->tn_data.root != NULL &&
		    tree_cut(tn, tn->tn_data.root, tn->tn_data.height, 0, first)) {
			tn->tn_data.root = NULL;
			tn->tn_data.height = 0;
		}
		page = page_find(tn, (uint64_t)size / TMPFS_PAGE);
		if (page != NULL && size % TMPFS_PAGE != 0)
			memset(page + size % TMPFS_PAGE, 0,
			       (size_t)(TMPFS_PAGE - size % TMPFS_PAGE));
	}
	tn->tn_size = size;
}

int tmpfs_data_read(struct tmpfs_node *tn, struct uio *uio)
{
	int error = 0;

	while (error == 0 && uio->uio_resid != 0 && uio->uio_offset < tn->tn_size) {
		size_t in = (size_t)(uio->uio_offset % TMPFS_PAGE), n = TMPFS_PAGE - in;
		char *page = page_find(tn, (uint64_t)uio->uio_offset / TMPFS_PAGE);

		if ((int64_t)n > tn->tn_size - uio->uio_offset)
			n = (size_t)(tn->tn_size - uio->uio_offset);
		error = page != NULL ? uiomove(page + in, n, uio) : uiomove_zero(n, uio);
	}
	return error;
}

int tmpfs_data_write(struct tmpfs_node *tn, struct uio *uio)
{
	int error = 0;

	while (error == 0 && uio->uio_resid != 0) {
		size_t in = (size_t)(uio->uio_offset % TMPFS_PAGE);
		char *page = page_get(tn, (uint64_t)uio->uio_offset / TMPFS_PAGE);

		if (page == NULL)
			return RUMP_ENOSPC;
		error = uiomove(page + in, TMPFS_PAGE - in, uio);
		if (uio->uio_offset > tn->tn_size)
			tn->tn_size = uio->uio_offset;
	}
	return error;
}

/* The next page from index on, below limit, that exists (hole: that does not). */
int tmpfs_data_seek(struct tmpfs_node *tn, int64_t *offp, bool hole)
{
	uint64_t index = (uint64_t)*offp / TMPFS_PAGE;
	uint64_t end = ((uint64_t)tn->tn_size + TMPFS_PAGE - 1) / TMPFS_PAGE;
	int64_t off;

	for (; index < end; index++) {
		void *p = tn->tn_data.root;
		unsigned h = tn->tn_data.height;

		if (!tree_covers(h, index)) {
			index = hole ? index : end - 1;
			p = NULL;
			h = 0;
		}
		while (h > 0 && p != NULL) {
			p = ((void **)p)[index >> ((h - 1) * FANOUT_BITS) & (FANOUT - 1)];
			h--;
		}
		if ((p == NULL) == hole)
			break;
		if (p == NULL && h > 0) /* skip all that an absent node would hold */
			index |= tree_span(h) - 1;
	}
	if (index >= end && !hole)
		return RUMP_ENXIO;
	off = index >= end ? tn->tn_size : (int64_t)index * TMPFS_PAGE;
	if (off > *offp)
		*offp = off;
	return 0;
}
