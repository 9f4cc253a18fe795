/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots of mem's own captbl, and leaves of everyone's. */
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
 * Threads have the capabilities MEM_THD_CAP(tid) in mem and sched; the rest of the table is for
 * what else mem makes: page tables above all.
 */
#define CAP_THD_MAX 12288
#define CAP_FREE_FIRST (1024 + CAP_THD_MAX)
/* in every captbl: end-points for the domain's threads from here on */
#define CAP_GIVEN_FIRST 24576

struct cap_leaves { /* of one captbl: which leaves it has, as far as mem knows */
	uint64_t present[512 / 64];
};

/* Own slots [first, 1024) and [CAP_FREE_FIRST, CAP_GIVEN_FIRST) are free. */
void cap_init(uint32_t first);
/* A free slot, with its leaf there; CAP_INVALID: none, or out of memory. */
uint32_t cap_alloc(void);
/* Removes the capability. If that fails (the object is in use), the error, and the slot stays
 * taken. */
long cap_free(uint32_t cap);
/* A slot without a capability in it. */
void cap_free_empty(uint32_t cap);
/* Sees to it that index of captbl has its leaf. False: out of memory. */
bool cap_leaf(uint32_t captbl, struct cap_leaves *leaves, uint32_t index);
/* The same for mem's own captbl. */
bool cap_own_leaf(uint32_t index);

#endif
