/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include "core.h"

_Atomic uint64_t quiesce_epoch = 1;

uint64_t quiesce_stamp(void)
{
	return atomic_load(&quiesce_epoch);
}

void quiesce_note(struct cpu *c)
{
	uint64_t now;

	/* One that was idle is seen to be back first: what begins from here on waits for it. */
	if (c->epoch_noted == QUIESCE_IDLE)
		atomic_store(&c->epoch_noted, c->epoch_flushed);
	now = atomic_load(&quiesce_epoch);
	if (now != c->epoch_flushed)
		tlb_flush();
	c->epoch_flushed = c->epoch_own = now;
	/* With a barrier: one that was idle must not look anything up before. */
	atomic_store(&c->epoch_noted, now);
}

void quiesce_idle(void)
{
	cpu()->epoch_own = QUIESCE_IDLE;
	atomic_store(&cpu()->epoch_noted, QUIESCE_IDLE);
}

bool quiesce_passed(uint64_t stamp)
{
	struct cpu *self = cpu();
	uint64_t now = stamp, least = UINT64_MAX;

	if (core_count() == 1 || stamp < self->epoch_passed)
		return true;
	/* Only who waits for it begins an epoch. */
	atomic_compare_exchange_strong(&quiesce_epoch, &now, stamp + 1);
	for (unsigned i = 0; i < core_count(); i++) {
		uint64_t noted = atomic_load(&core_cpu(i)->epoch_noted);

		least = noted < least ? noted : least;
		if (noted <= stamp && i != self->core)
			core_poke(i);
	}
	self->epoch_passed = least;
	return stamp < least;
}
