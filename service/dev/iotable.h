/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What devices reach: page tables that an IOMMU reads (Intel VT-d 4.1, 3.7 and 9.8). A device's
 * address is the machine's, so an entry says no more than whether, and whether to write as well.
 *
 * Tables only grow; whoever takes something away invalidates what the IOMMU remembers before it
 * believes that it is gone.
 */
#ifndef SERVICE_DEV_IOTABLE_H
#define SERVICE_DEV_IOTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IOTABLE_READ 1ul
#define IOTABLE_WRITE 2ul

/* The memory that tables are made of. */
struct iopages {
	void *(*get)(uint64_t *paddr); /* a zeroed page; NULL */
	void *(*at)(uint64_t paddr);   /* of a page that get gave */
	/* The IOMMU is to see what was written there. */
	void (*written)(const volatile void *start, size_t len_bytes);
};

struct iotable {
	const struct iopages *pages;
	uint64_t root; /* physical */
	unsigned levels;
};

/* With nothing in it. -COS_ENOMEM. */
long iotable_init(struct iotable *table, const struct iopages *pages, unsigned levels);
/*
 * The pages that [paddr, paddr + len) lies on are reached with these rights. 1: something changed;
 * 0: it was so already; -COS_EINVAL: an address is beyond what the table spans; -COS_ENOMEM: part
 * of it was done.
 */
long iotable_add(struct iotable *table, uint64_t paddr, uint64_t len_bytes, uint64_t rights);
/* They are not. Did something change? */
bool iotable_remove(struct iotable *table, uint64_t paddr, uint64_t len_bytes);

#endif
