/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of devices. A vector of MSI-X has a thread of its own; so has an interrupt line, on
 * which several devices of the component may be: its thread calls the handlers of all.
 *
 * A line tells of its edges only (interface/dev): after its handlers were called, the thread looks
 * at the status register of each device on it (PCI 3.0, 6.2.3, Interrupt Status) and calls them
 * again for as long as one asserts the line. It sleeps between calls when that does not end: such a
 * device is broken or has no driver, and must not take the CPU away from all others.
 *
 * An interrupt is in the list from its map on, for good; the head is all that changes.
 */
#include <cos/irq.h>
#include <cos/thread.h>
#include <dev/dev.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "alloc.h"
#include "hyp.h"
#include "pci.h"
#include "rumpcomp_pci.h"

#define VECTOR_LINE ~0u
#define REG_STATUS 0x06
#define REG_LINE 0x3c
#define STATUS_INTERRUPT (1 << 3)
#define STUCK_ROUNDS 100
#define STUCK_NAP_NS 1000000

struct line {
	struct line *next;
	long number;
	long device; /* by which it is bound */
	struct cos_sem ready;
	long error; /* set before ready */
};

struct interrupt {
	struct interrupt *next;
	unsigned cookie;
	long device;
	unsigned vector;
	bool claimed;
	bool established; /* handler and data are there */
	int (*handler)(void *);
	void *data;
	struct line *line; /* of VECTOR_LINE */
	struct cos_sem ready;
	long error; /* set before ready */
};

static struct cos_mutex interrupts_mutex;
static struct interrupt *interrupts;
static struct cos_mutex lines_mutex; /* held while a line is bound */
static struct line *lines;

static struct interrupt *interrupt_find(unsigned cookie, long device, unsigned vector)
{
	struct interrupt *i = interrupts;

	while (i && i->cookie != cookie &&
	       (vector == VECTOR_LINE || i->device != device || i->vector != vector))
		i = i->next;
	return i;
}

static int interrupt_map(unsigned cookie, long device, unsigned vector)
{
	struct interrupt *i = arena_alloc(sizeof(*i), 16);
	int error = 0;

	if (!i)
		return RUMP_ENOMEM;
	*i = (struct interrupt){.cookie = cookie, .device = device, .vector = vector};
	cos_mutex_lock(&interrupts_mutex);
	if (interrupt_find(cookie, device, vector)) {
		error = RUMP_EEXIST;
	} else {
		i->next = interrupts;
		__atomic_store_n(&interrupts, i, __ATOMIC_RELEASE);
	}
	cos_mutex_unlock(&interrupts_mutex);
	if (error)
		arena_free(i, sizeof(*i));
	return error;
}

int rumpcomp_pci_irq_map(unsigned bus, unsigned dev, unsigned fun, int intrline, unsigned cookie)
{
	long n = pci_device_find(bus, dev, fun);

	if (n < 0)
		return RUMP_ENODEV;
	/* What the driver read from this register. */
	if (intrline != dev_conf_read(n, REG_LINE, 1))
		return RUMP_EINVAL;
	return interrupt_map(cookie, n, VECTOR_LINE);
}

unsigned rumpcomp_pci_msix_count(unsigned bus, unsigned dev, unsigned fun)
{
	long n = pci_device_find(bus, dev, fun), count = n < 0 ? 0 : dev_msix_count(n);

	return count < 0 ? 0 : (unsigned)count;
}

int rumpcomp_pci_msix_map(unsigned bus, unsigned dev, unsigned fun, unsigned vector,
			  unsigned cookie)
{
	long n = pci_device_find(bus, dev, fun);

	if (n < 0)
		return RUMP_ENODEV;
	if ((long)vector >= dev_msix_count(n))
		return RUMP_EINVAL;
	return interrupt_map(cookie, n, vector);
}

/* The thread of one interrupt. The end-point is bound to the thread that asks, so it asks itself.
 */
static void vector_thread(void *arg)
{
	struct interrupt *i = arg;
	long cap = dev_irq_bind(i->device, (long)i->vector);

	i->error = cap < 0 ? cap : hyp_kthread() ? -COS_ENOMEM : 0;
	cos_sem_post(&i->ready);
	if (i->error)
		return;
	while (cos_arcv_wait(cap) > 0) {
		rumpuser__hyp.hyp_schedule();
		i->handler(i->data);
		rumpuser__hyp.hyp_unschedule();
	}
	cos_panic("rumpuser: waiting for an interrupt failed");
}

static struct interrupt *line_first(const struct line *l, struct interrupt *i)
{
	while (i && (i->line != l || !__atomic_load_n(&i->established, __ATOMIC_ACQUIRE)))
		i = i->next;
	return i;
}

#define LINE_FOREACH(i, l)                                                                        \
	for (struct interrupt *i = line_first(l, __atomic_load_n(&interrupts, __ATOMIC_ACQUIRE)); \
	     i; i = line_first(l, i->next))

static bool line_asserted(const struct line *l)
{
	LINE_FOREACH(i, l)
	{
		long status = dev_conf_read(i->device, REG_STATUS, 2);

		if (status >= 0 && status & STATUS_INTERRUPT)
			return true;
	}
	return false;
}

static void line_handle(const struct line *l)
{
	rumpuser__hyp.hyp_schedule();
	LINE_FOREACH(i, l)
	{
		i->handler(i->data);
	}
	rumpuser__hyp.hyp_unschedule();
}

/* Until nobody asserts it. */
static void line_settle(const struct line *l)
{
	for (unsigned rounds = 1; line_asserted(l); rounds++) {
		line_handle(l);
		if (rounds == STUCK_ROUNDS)
			cos_log("rumpuser: interrupt line %ld stays asserted\n", l->number);
		if (rounds >= STUCK_ROUNDS)
			hyp_sleep_until(hyp_deadline_ns(0, STUCK_NAP_NS));
	}
}

static void line_thread(void *arg)
{
	struct line *l = arg;
	long cap = dev_line_bind(l->device);

	l->error = cap < 0 ? cap : hyp_kthread() ? -COS_ENOMEM : 0;
	cos_sem_post(&l->ready);
	if (l->error)
		return;
	do
		line_settle(l);
	while (cos_arcv_wait(cap) > 0 && (line_handle(l), true));
	cos_panic("rumpuser: waiting for an interrupt failed");
}

/* Under lines_mutex. NULL: it cannot be bound. */
static struct line *line_make(long number, long device)
{
	struct line *l = arena_alloc(sizeof(*l), 16);
	long error = -COS_ENOMEM;

	if (!l)
		return NULL;
	*l = (struct line){.next = lines, .number = number, .device = device};
	if (cos_thread_create(line_thread, l, SCHED_PRIO_IRQ) >= 0) {
		cos_sem_wait(&l->ready, 0);
		error = l->error;
	}
	if (error) {
		cos_log("rumpuser: interrupt line %ld: %ld\n", number, error);
		arena_free(l, sizeof(*l));
		return NULL;
	}
	lines = l;
	return l;
}

static bool line_join(struct interrupt *i)
{
	long number = dev_conf_read(i->device, REG_LINE, 1);
	struct line *l;

	cos_mutex_lock(&lines_mutex);
	l = lines;
	while (l && l->number != number)
		l = l->next;
	if (!l)
		l = line_make(number, i->device);
	cos_mutex_unlock(&lines_mutex);
	i->line = l;
	__atomic_store_n(&i->established, l != NULL, __ATOMIC_RELEASE);
	return l != NULL;
}

static bool vector_start(struct interrupt *i)
{
	if (cos_thread_create(vector_thread, i, SCHED_PRIO_IRQ) < 0)
		return false;
	cos_sem_wait(&i->ready, 0);
	return i->error == 0;
}

static struct interrupt *interrupt_claim(unsigned cookie)
{
	struct interrupt *i;

	cos_mutex_lock(&interrupts_mutex);
	i = interrupts;
	while (i && i->cookie != cookie)
		i = i->next;
	if (i && i->claimed)
		i = NULL;
	if (i)
		i->claimed = true;
	cos_mutex_unlock(&interrupts_mutex);
	return i;
}

void *rumpcomp_pci_irq_establish(unsigned cookie, int (*handler)(void *), void *data)
{
	struct interrupt *i = interrupt_claim(cookie);
	int nlocks;
	bool started;

	if (!i)
		return NULL;
	i->handler = handler;
	i->data = data;
	/* The thread takes a virtual CPU to get its lwp: perhaps ours. */
	hyp_leave(&nlocks, NULL);
	started = i->vector == VECTOR_LINE ? line_join(i) : vector_start(i);
	hyp_return(nlocks, NULL);
	if (!started)
		i->claimed = false;
	return started ? i : NULL;
}
