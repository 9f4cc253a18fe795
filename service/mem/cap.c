/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots and leaves of capability tables (cap.h). */
#include "cap.h"
#include "frame.h"
#include "op.h"

#define NWORDS (COS_CAPTBL_MAX / 64)

/*
 * The kernel refuses a slot that another core may still be using. So the search goes on where the
 * last one ended, among the first nwords words, to find one that has been free for long. There are
 * more words as soon as fewer than SPARE slots are free in them: a full leaf or two.
 */
#define SPARE 128
static uint64_t used[NWORDS];
static uint32_t nwords, nfree, last;
static struct cap_leaves own_leaves;

static void set_used(uint32_t from, uint32_t end)
{
	for (uint32_t cap = from; cap < end; cap++)
		used[cap / 64] |= 1UL << cap % 64;
}

void cap_init(uint32_t first)
{
	set_used(0, first);
	set_used(1024, CAP_FREE_FIRST);
	set_used(CAP_GIVEN_FIRST, COS_CAPTBL_MAX);
	own_leaves.present[0] = (1UL << 1024 / COS_CAPTBL_LEAF) - 1; /* which boot made */
	nwords = 0;
	nfree = 0;
	last = 0;
}

bool cap_leaf(uint32_t captbl, struct cap_leaves *leaves, uint32_t index)
{
	uint32_t leaf = index / COS_CAPTBL_LEAF;
	uint64_t *word = &leaves->present[leaf / 64];
	uint32_t frame;
	long error;

	if (*word & 1UL << leaf % 64)
		return true;
	frame = frame_alloc(0, false, COS_MEM_KERNEL);
	if (frame == FRAME_NONE)
		return false;
	error = mem_op2(captbl, COS_CAPTBL_EXTEND, index, frame_mem(frame));
	if (error < 0)
		frame_free(frame, 1);
	if (error < 0 && error != -COS_EEXIST) /* boot made some */
		return false;
	*word |= 1UL << leaf % 64;
	return true;
}

bool cap_own_leaf(uint32_t index)
{
	return cap_leaf(CAP_OWN_CAPTBL, &own_leaves, index);
}

/* The first free slot at or after `from` among the first nwords words; CAP_INVALID: none. */
static uint32_t next_free(uint32_t from)
{
	for (uint32_t i = from / 64; i < nwords; i++) {
		uint64_t free = ~used[i];

		if (i == from / 64)
			free &= UINT64_MAX << from % 64;
		if (free != 0)
			return i * 64 + (uint32_t)__builtin_ctzl(free);
	}
	return CAP_INVALID;
}

uint32_t cap_alloc(void)
{
	uint32_t cap;

	for (; nfree < SPARE && nwords < NWORDS; nwords++)
		for (uint64_t free = ~used[nwords]; free != 0; free &= free - 1)
			nfree++;
	cap = next_free(last + 1);
	if (cap == CAP_INVALID)
		cap = next_free(0);
	if (cap == CAP_INVALID || !cap_own_leaf(cap))
		return CAP_INVALID;
	set_used(cap, cap + 1);
	nfree--;
	last = cap;
	return cap;
}

void cap_free_empty(uint32_t cap)
{
	used[cap / 64] &= ~(1UL << cap % 64);
	nfree++;
}

long cap_free(uint32_t cap)
{
	long error = mem_op1(CAP_OWN_CAPTBL, COS_CAPTBL_REMOVE, cap);

	if (error == 0)
		cap_free_empty(cap);
	return error;
}
