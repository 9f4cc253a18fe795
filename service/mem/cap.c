/* SPDX-License-Identifier: BSD-2-Clause */
#include <cos/syscall.h>
#include "cap.h"
#include "frame.h"

#define NWORDS (COS_CAPTBL_MAX / 64)

static uint64_t used[NWORDS];
static uint32_t hint; /* no word below has a free slot */
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
	own_leaves.present[0] = (1UL << 1024 / COS_CAPTBL_LEAF) - 1; /* boot made these */
	hint = 0;
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
	error = cos_op2(captbl, COS_CAPTBL_EXTEND, index, frame_mem(frame));
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

uint32_t cap_alloc(void)
{
	for (; hint < NWORDS; hint++) {
		uint32_t cap;

		if (used[hint] == UINT64_MAX)
			continue;
		cap = hint * 64 + (uint32_t)__builtin_ctzl(~used[hint]);
		if (!cap_own_leaf(cap))
			return CAP_INVALID;
		set_used(cap, cap + 1);
		return cap;
	}
	return CAP_INVALID;
}

void cap_free_empty(uint32_t cap)
{
	used[cap / 64] &= ~(1UL << cap % 64);
	if (cap / 64 < hint)
		hint = cap / 64;
}

long cap_free(uint32_t cap)
{
	long error = cos_op1(CAP_OWN_CAPTBL, COS_CAPTBL_REMOVE, cap);

	if (error == 0)
		cap_free_empty(cap);
	return error;
}
