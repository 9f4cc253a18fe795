/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots of mem's own captbl, and leaves of every captbl. */
#ifndef MEM_CAP_H
#define MEM_CAP_H

#include <stdbool.h>
#include <stdint.h>
#include <boot/handover.h>
#include <cos/cap.h>

#define CAP_INVALID 0
#define CAP_OWN_CAPTBL COS_CAP_CAPTBL
#define CAP_OWN_PGTBL BOOT_CAP_MEM_PGTBL
/*
 * mem's captbl: boot's capabilities below 1024; COS_CAP_THD(tid) of threads; from CAP_FREE_FIRST on
 * those of all else that mem makes, page tables above all. The table has COS_CAPTBL_MAX slots:
 * three eighths are for threads, about as many for page tables.
 */
#define CAP_THD_MAX 12288
#define CAP_FREE_FIRST (1024 + CAP_THD_MAX)
/* in every captbl: end-points of the domain's threads from here on */
#define CAP_GIVEN_FIRST 24576

struct cap_leaves { /* which leaves a captbl has, as far as mem knows */
	uint64_t present[512 / 64];
};

/* mem's slots [first, 1024) and [CAP_FREE_FIRST, CAP_GIVEN_FIRST) are free from now on. */
void cap_init(uint32_t first);
/* Take a free slot, whose leaf exists; CAP_INVALID: none, or out of memory. */
uint32_t cap_alloc(void);
/*
 * Remove the capability and free its slot. If the object is in use: the error, and nothing changes.
 */
long cap_free(uint32_t cap);
/* Free a slot that has no capability in it. */
void cap_free_empty(uint32_t cap);
/* Make the leaf for index of captbl, unless it is there. False: out of memory. */
bool cap_leaf(uint32_t captbl, struct cap_leaves *leaves, uint32_t index);
/* The same for mem's own captbl. */
bool cap_own_leaf(uint32_t index);

#endif
