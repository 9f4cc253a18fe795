/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals that were sent and not taken yet: a set of numbers, and a queue of their siginfos. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "signal/pending.h"

void pending_init(struct sigpending *p)
{
	p->set = 0;
	list_init(&p->queue);
}

void pending_clear(struct sigpending *p)
{
	while (!list_empty(&p->queue)) {
		struct siginfo_queued *q = container_of(p->queue.next, struct siginfo_queued, link);

		list_remove(&q->link);
		cos_free(q);
	}
	p->set = 0;
}

long pending_add(struct sigpending *p, int sig, const struct lx_siginfo *info)
{
	struct siginfo_queued *q;

	if (p->set & LX_SIGBIT(sig) && sig < SIGNAL_FIRST_REALTIME)
		return 0; /* it is pending already */
	q = cos_malloc(sizeof(*q));
	if (q) {
		memset(&q->info, 0, sizeof(q->info));
		if (info)
			q->info = *info;
		else
			q->info.si_code = LX_SI_KERNEL;
		q->info.si_signo = sig;
		list_add_tail(&p->queue, &q->link);
	} else if (sig >= SIGNAL_FIRST_REALTIME) {
		return -LX_EAGAIN;
	}
	__atomic_or_fetch(&p->set, LX_SIGBIT(sig), __ATOMIC_RELEASE);
	return 0;
}

int pending_take(struct sigpending *p, uint64_t set, struct lx_siginfo *info)
{
	uint64_t ready = p->set & set;
	struct list_node *n, *tmp;
	bool found = false, more = false;
	int sig;

	if (!ready)
		return 0;
	sig = __builtin_ctzll(ready & SIGNALS_SYNCHRONOUS ? ready & SIGNALS_SYNCHRONOUS : ready) +
	      1;
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = LX_SI_KERNEL;
	list_for_each_safe(n, tmp, &p->queue) {
		struct siginfo_queued *q = container_of(n, struct siginfo_queued, link);

		if (q->info.si_signo != sig)
			continue;
		if (found) {
			more = true;
			break;
		}
		*info = q->info;
		list_remove(&q->link);
		cos_free(q);
		found = true;
	}
	if (!more)
		__atomic_and_fetch(&p->set, ~LX_SIGBIT(sig), __ATOMIC_RELEASE);
	return sig;
}
