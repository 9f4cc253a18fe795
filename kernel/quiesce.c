/* SPDX-License-Identifier: BSD-2-Clause */
/* Epochs: when what was taken away may be used anew. The protocol is in quiesce.h. */
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

	/* Q4: first be seen to be back, so that an epoch that begins from here on waits. */
	if (c->epoch_own == QUIESCE_IDLE)
		atomic_store(&c->epoch_noted, c->epoch_flushed);
	now = atomic_load(&quiesce_epoch);
	if (now != c->epoch_flushed)
		tlb_flush();
	c->epoch_flushed = c->epoch_own = now;
	/* Q2: a sequentially consistent store, so that no lookup comes before it. */
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
	/* Q5 */
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
