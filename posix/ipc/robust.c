/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a thread's end does to futexes: robust mutexes that it holds (get_robust_list(2)), and the
 * word by which other threads wait for it (set_tid_address(2)).
 *
 * H1. The list is the program's memory. It may be a circle, so the walk is bounded; its addresses
 *     are checked as any others; what cannot be read ends the walk.
 * H2. `pending` is a mutex that the thread was locking or unlocking. If its word is 0, it is
 *     unlocked but its wake may not have been issued, so a waiter is woken.
 * H3. A process that was told to end does none of this: no thread of it is left to see it.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "ipc/futex.h"
#include "ipc/robust.h"
#include "mm/user.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/thread.h"

long sys_set_robust_list(struct thread *t, const uint64_t *a)
{
	if (a[1] != sizeof(struct lx_robust_list_head))
		return -LX_EINVAL;
	t->robust_list = a[0];
	return 0;
}

long sys_get_robust_list(struct thread *t, const uint64_t *a)
{
	uint64_t len = sizeof(struct lx_robust_list_head), head = 0;
	struct thread *other = t;

	cos_mutex_lock(&proc_lock);
	if ((int)a[0])
		other = proc_thread(t->proc, (int)a[0]);
	if (other)
		head = other->robust_list;
	cos_mutex_unlock(&proc_lock);
	if (!other)
		return -LX_ESRCH;
	return user_put(t, a[2], &len, 8) < 0 || user_put(t, a[1], &head, 8) < 0 ? -LX_EFAULT : 0;
}

/* The owner ended: mark the word so, keep its bit for waiters, and wake one of them. */
static void owner_died(struct thread *t, uint64_t addr, bool pending)
{
	uint32_t old;
	long r;

	if (addr & 3 || !user_range(addr, 4))
		return;
	for (;;) {
		if (futex_word(t, addr, &old) < 0)
			return;
		if ((old & LX_FUTEX_TID_MASK) != (uint32_t)t->tid) {
			if (pending && old == 0) /* H2 */
				futex_wake_address(t, addr, 1);
			return;
		}
		r = cos_cas_user(user_window(t, addr), old,
				 (old & LX_FUTEX_WAITERS) | LX_FUTEX_OWNER_DIED);
		if (r < 0)
			return;
		if (r)
			break;
	}
	if (old & LX_FUTEX_WAITERS)
		futex_wake_address(t, addr, 1);
}

#define ROBUST_LIMIT 2048 /* as Linux: H1 */
static void robust_exit(struct thread *t)
{
	struct lx_robust_list_head head;
	uint64_t entry, next;

	if (!t->robust_list || user_get(t, &head, t->robust_list, sizeof(head)) < 0)
		return;
	entry = head.next & ~1ull;
	for (int i = 0; i < ROBUST_LIMIT && entry != t->robust_list; i++) {
		if (user_get(t, &next, entry, sizeof(next)) < 0)
			return;
		if (entry != (head.pending & ~1ull))
			owner_died(t, entry + (uint64_t)head.futex_offset, false);
		entry = next & ~1ull;
	}
	if (head.pending)
		owner_died(t, (head.pending & ~1ull) + (uint64_t)head.futex_offset, true);
}

static void robust_thread_end(struct thread *t)
{
	uint32_t zero = 0;

	robust_exit(t);
	if (t->clear_child_tid && user_put(t, t->clear_child_tid, &zero, sizeof(zero)) == 0)
		futex_wake_address(t, t->clear_child_tid, 1);
}

static void robust_exec(struct thread *t)
{
	t->robust_list = t->clear_child_tid = 0;
}

const struct process_hooks robust_hooks = {
	.exec = robust_exec,
	.thread_end = robust_thread_end,
};
