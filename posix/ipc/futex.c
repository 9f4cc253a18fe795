/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Futexes. A waiter is found by (address space, address), in a hash table that doubles when it has
 * as many waiters as chains.
 *
 * Y1. One lock guards the table. A waiter compares the word and enters the table under it, and a
 *     waker searches the table under it. The program changes the word before it wakes. So a wake is
 *     not lost between the comparison and the sleep.
 * Y2. The comparison may fault in a page of the program, so holders of the lock may sleep.
 * Y3. A waiter leaves the table in exactly one way: a waker takes it out, and its result is 0; or
 *     it takes itself out after a timeout or a signal. `queued` says which, under the lock.
 * Y4. The waiter's struct is on its stack. A waker touches it only under the lock, and the waiter
 *     takes the lock before it returns.
 * Y5. The word is read in one piece, as other threads change it in one piece.
 *
 * Not there: futexes between programs (FUTEX_PRIVATE_FLAG is ignored), priority inheritance.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "calls.h"
#include "ipc/futex.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/sleep.h"
#include "process/thread.h"

struct futex_waiter {
	struct list_node link;
	struct mm *mm;
	uint64_t addr;
	uint32_t bits;
	struct sleeper s;
	bool queued;
};

static struct cos_mutex lock;
static struct list_node *chains;
static size_t nchains, nwaiters;

static struct list_node *chain_in(struct list_node *table, size_t n, struct mm *mm, uint64_t addr)
{
	uint64_t h = (addr >> 2) * 0x9e3779b97f4a7c15ull ^ (uint64_t)mm >> 4;

	return &table[(h >> 20) & (n - 1)];
}

static struct list_node *chain(struct mm *mm, uint64_t addr)
{
	return chain_in(chains, nchains, mm, addr);
}

/* Under the lock: make room for one more. False: out of memory, and there is no table at all. */
static bool grow(void)
{
	size_t n = nchains ? 2 * nchains : 64;
	struct list_node *bigger;

	if (chains && nwaiters < nchains)
		return true;
	bigger = cos_malloc(n * sizeof(*bigger));
	if (!bigger)
		return chains != NULL;
	for (size_t i = 0; i < n; i++)
		list_init(&bigger[i]);
	for (size_t i = 0; i < nchains; i++) {
		while (!list_empty(&chains[i])) {
			struct futex_waiter *w =
				container_of(chains[i].next, struct futex_waiter, link);

			list_remove(&w->link);
			list_add_tail(chain_in(bigger, n, w->mm, w->addr), &w->link);
		}
	}
	cos_free(chains);
	chains = bigger;
	nchains = n;
	return true;
}

static void dequeue(struct futex_waiter *w)
{
	list_remove(&w->link);
	w->queued = false;
	nwaiters--;
}

/* Under the lock. */
static long wake(struct mm *mm, uint64_t addr, long n, uint32_t bits)
{
	struct list_node *head, *p, *tmp;
	long woken = 0;

	if (!chains)
		return 0;
	head = chain(mm, addr);
	list_for_each_safe(p, tmp, head) {
		struct futex_waiter *w = container_of(p, struct futex_waiter, link);

		if (woken >= n)
			break;
		if (w->mm != mm || w->addr != addr || !(w->bits & bits))
			continue;
		dequeue(w);
		sleeper_wake(&w->s);
		woken++;
	}
	return woken;
}

long futex_wake_address(struct thread *t, uint64_t addr, long n)
{
	long r;

	cos_mutex_lock(&lock);
	r = wake(t->proc->mm, addr, n, ~0u);
	cos_mutex_unlock(&lock);
	return r;
}

long futex_word(struct thread *t, uint64_t addr, uint32_t *value)
{
	uint32_t pair[2];

	/* Y5: cos_copy_user moves aligned 8 bytes in one access. */
	if (user_get(t, pair, addr & ~7ull, sizeof(pair)) < 0)
		return -LX_EFAULT;
	*value = pair[addr >> 2 & 1];
	return 0;
}

static long futex_wait(struct thread *t, uint64_t addr, uint32_t value, uint64_t deadline,
		       uint32_t bits)
{
	struct futex_waiter w = {.mm = t->proc->mm, .addr = addr, .bits = bits, .s = SLEEPER(t, 0)};
	uint32_t now;
	long r;

	cos_mutex_lock(&lock);
	r = futex_word(t, addr, &now);
	if (r == 0 && now != value)
		r = -LX_EAGAIN;
	if (r == 0 && !grow())
		r = -LX_ENOMEM;
	if (r < 0) {
		cos_mutex_unlock(&lock);
		return r;
	}
	list_add_tail(chain(w.mm, addr), &w.link);
	w.queued = true;
	nwaiters++;
	cos_mutex_unlock(&lock);
	r = thread_sleep(t, &w.s, deadline);
	cos_mutex_lock(&lock);
	if (w.queued)
		dequeue(&w);
	else
		r = 0; /* Y3 */
	cos_mutex_unlock(&lock);
	return r;
}

static long requeue(struct thread *t, uint64_t from, uint64_t to, long nwake, long nmove)
{
	struct mm *mm = t->proc->mm;
	struct list_node *p, *tmp;
	long woken = wake(mm, from, nwake, ~0u), moved = 0;

	if (!chains || from == to)
		return woken;
	list_for_each_safe(p, tmp, chain(mm, from)) {
		struct futex_waiter *w = container_of(p, struct futex_waiter, link);

		if (moved >= nmove)
			break;
		if (w->mm != mm || w->addr != from)
			continue;
		list_remove(&w->link);
		w->addr = to;
		list_add_tail(chain(mm, to), &w->link);
		moved++;
	}
	return woken + moved;
}

/* FUTEX_WAKE_OP (futex(2)): the operation on the second word. False: there is no such one. */
static bool op_apply(uint32_t op, uint32_t arg, uint32_t old, uint32_t *new)
{
	switch (op) {
	case 0:
		*new = arg;
		return true;
	case 1:
		*new = old + arg;
		return true;
	case 2:
		*new = old | arg;
		return true;
	case 3:
		*new = old & ~arg;
		return true;
	case 4:
		*new = old ^ arg;
		return true;
	default:
		return false;
	}
}

/* The comparison of the second word's old value: 0 or 1, -LX_ENOSYS: there is no such one. */
static long op_compare(uint32_t op, int32_t old, int32_t arg)
{
	switch (op) {
	case 0:
		return old == arg;
	case 1:
		return old != arg;
	case 2:
		return old < arg;
	case 3:
		return old <= arg;
	case 4:
		return old > arg;
	case 5:
		return old >= arg;
	default:
		return -LX_ENOSYS;
	}
}

/* val3: what to do with the second word, and when to wake its waiters. Under the lock. */
static long wake_op(struct thread *t, uint64_t addr, uint64_t addr2, long n, long n2, uint32_t val3)
{
	uint32_t *word = user_window(t, addr2), old, new;
	int32_t arg = (int32_t)(val3 << 8) >> 20, cmp = (int32_t)(val3 << 20) >> 20;
	long r, hit;

	if (val3 >> 31)
		arg = 1 << (arg & 31);
	do {
		if (futex_word(t, addr2, &old) < 0)
			return -LX_EFAULT;
		if (!op_apply(val3 >> 28 & 7, (uint32_t)arg, old, &new))
			return -LX_ENOSYS;
		r = cos_cas_user(word, old, new);
		if (r < 0)
			return -LX_EFAULT;
	} while (!r);
	hit = op_compare(val3 >> 24 & 15, (int32_t)old, cmp);
	if (hit < 0)
		return hit;
	r = wake(t->proc->mm, addr, n, ~0u);
	if (hit)
		r += wake(t->proc->mm, addr2, n2, ~0u);
	return r;
}

/* The timeout of FUTEX_WAIT is a span, of FUTEX_WAIT_BITSET a time; addr 0: none. 0 or -LX_E*. */
static long timeout(struct thread *t, uint64_t addr, bool relative, bool realtime,
		    uint64_t *deadline)
{
	struct lx_timespec ts;

	*deadline = 0;
	if (!addr)
		return 0;
	if (user_get(t, &ts, addr, sizeof(ts)) < 0)
		return -LX_EFAULT;
	return deadline_of(&ts, relative, realtime, deadline);
}

long sys_futex(struct thread *t, const uint64_t *a)
{
	uint64_t addr = a[0], addr2 = a[4], deadline;
	unsigned op = (unsigned)a[1] & ~(unsigned)(LX_FUTEX_PRIVATE | LX_FUTEX_CLOCK_REALTIME);
	bool realtime = a[1] & LX_FUTEX_CLOCK_REALTIME;
	uint32_t value;
	long r;

	if (addr & 3)
		return -LX_EINVAL;
	if (!user_range(addr, 4))
		return -LX_EFAULT;
	switch (op) {
	case LX_FUTEX_WAIT:
	case LX_FUTEX_WAIT_BITSET:
		if (op == LX_FUTEX_WAIT_BITSET && (uint32_t)a[5] == 0)
			return -LX_EINVAL;
		r = timeout(t, a[3], op == LX_FUTEX_WAIT, realtime, &deadline);
		if (r < 0)
			return r;
		r = futex_wait(t, addr, (uint32_t)a[2], deadline,
			       op == LX_FUTEX_WAIT ? ~0u : (uint32_t)a[5]);
		/* A call with a span is not issued again, since it would begin anew. */
		return r == -LX_RESTART && a[3] ? -LX_EINTR : r;
	case LX_FUTEX_WAKE:
	case LX_FUTEX_WAKE_BITSET:
		if (op == LX_FUTEX_WAKE_BITSET && (uint32_t)a[5] == 0)
			return -LX_EINVAL;
		cos_mutex_lock(&lock);
		r = wake(t->proc->mm, addr, (int)a[2], op == LX_FUTEX_WAKE ? ~0u : (uint32_t)a[5]);
		cos_mutex_unlock(&lock);
		return r;
	case LX_FUTEX_REQUEUE:
	case LX_FUTEX_CMP_REQUEUE:
	case LX_FUTEX_WAKE_OP:
		if (addr2 & 3 || ((int)a[2] < 0 || (int)a[3] < 0))
			return -LX_EINVAL;
		if (!user_range(addr2, 4))
			return -LX_EFAULT;
		cos_mutex_lock(&lock);
		r = 0;
		if (op == LX_FUTEX_CMP_REQUEUE) {
			r = futex_word(t, addr, &value);
			if (r == 0 && value != (uint32_t)a[5])
				r = -LX_EAGAIN;
		}
		if (r == 0 && op == LX_FUTEX_WAKE_OP)
			r = wake_op(t, addr, addr2, (int)a[2], (int)a[3], (uint32_t)a[5]);
		else if (r == 0)
			r = requeue(t, addr, addr2, (int)a[2], (int)a[3]);
		cos_mutex_unlock(&lock);
		return r;
	default: /* priority inheritance */
		return -LX_ENOSYS;
	}
}
