/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of PCI devices. Each vector has a thread that waits for it in the kernel and runs the
 * handlers. A message (MSI-X) has one handler; a line (INTx) has one for each device on it.
 *
 * I1 An edge is reported only when a line goes up (dev_intx_bind): while one device holds the line,
 *    another's request causes no new interrupt. The thread of a line therefore asks every device on
 *    it (PCI 3.0, 6.2.3: interrupt status) and runs its handler, and repeats this until a whole
 *    round finds none. Only then is the line down, and the next interrupt an edge again.
 * I2 A handler that returns 0 reports that the interrupt was not its device's; it is not run again
 *    in that round.
 */
#include <cos/irq.h>
#include <cos/thread.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "alloc.h"
#include "devices.h"
#include "hyp.h"
#include "pci.h"
#include "rumpcomp_pci.h"

#define MESSAGE_NONE (-1)
#define REG_STATUS 0x06
#define STATUS_INTERRUPT 0x08

/* What a cookie names. */
struct interrupt {
	struct interrupt *next;
	struct interrupt *on_vector; /* the next one on the same line */
	unsigned cookie;
	long device;
	long message; /* index in the MSI-X table, or MESSAGE_NONE: the line */
	long line;
	bool established;
	int (*handler)(void *);
	void *data;
};

struct vector {
	struct vector *next;
	struct interrupt *first;
	struct cos_sem ready;
	long error; /* set before ready */
};

static struct cos_mutex interrupts_mutex; /* guards both lists, and those of the vectors */
static struct interrupt *interrupts;
static struct vector *vectors;

static bool interrupt_same(const struct interrupt *a, const struct interrupt *b)
{
	return a->device == b->device && a->message == b->message;
}

static int interrupt_map(const struct interrupt *what)
{
	struct interrupt *new = arena_alloc(sizeof(*new), 16), *i;
	int error = 0;

	if (!new)
		return RUMP_ENOMEM;
	*new = *what;
	cos_mutex_lock(&interrupts_mutex);
	for (i = interrupts; i && i->cookie != new->cookie && !interrupt_same(i, new); i = i->next)
		;
	if (i) {
		error = RUMP_EEXIST;
	} else {
		new->next = interrupts;
		interrupts = new;
	}
	cos_mutex_unlock(&interrupts_mutex);
	if (error)
		arena_free(new, sizeof(*new));
	return error;
}

int rumpcomp_pci_irq_map(unsigned bus, unsigned dev, unsigned fun, int intrline, unsigned cookie)
{
	long n = pci_device_find(bus, dev, fun), line = n < 0 ? n : dev_intx_line(n);

	(void)intrline; /* firmware's number for other interrupt controllers */
	if (line < 0)
		return RUMP_ENODEV;
	return interrupt_map(&(struct interrupt){
		.cookie = cookie, .device = n, .message = MESSAGE_NONE, .line = line});
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
	return interrupt_map(&(struct interrupt){.cookie = cookie, .device = n, .message = vector});
}

static int handler_run(struct interrupt *i)
{
	int own;

	rumpuser__hyp.hyp_schedule();
	own = i->handler(i->data);
	rumpuser__hyp.hyp_unschedule();
	return own;
}

static void line_serve(struct vector *v)
{
	struct interrupt *i;
	bool again;

	do {
		again = false;
		for (i = __atomic_load_n(&v->first, __ATOMIC_ACQUIRE); i; i = i->on_vector)
			if (dev_conf_read(i->device, REG_STATUS, 2) & STATUS_INTERRUPT)
				again |= handler_run(i) != 0;
	} while (again);
}

/* The kernel binds an end-point to the thread that asks, so the vector's thread asks for itself. */
static void vector_thread(void *arg)
{
	struct vector *v = arg;
	struct interrupt *i = v->first;
	bool line = i->message == MESSAGE_NONE;
	long cap = line ? dev_intx_bind(i->device) : dev_irq_bind(i->device, i->message);

	v->error = cap < 0 ? cap : hyp_kthread() ? -COS_ENOMEM : 0;
	cos_sem_post(&v->ready);
	if (v->error)
		return;
	if (line)
		line_serve(v);
	while (cos_arcv_wait(cap) > 0)
		if (line)
			line_serve(v);
		else
			handler_run(i);
	cos_panic("rumpuser: waiting for an interrupt failed");
}

static struct vector *vector_of_line(long line)
{
	struct vector *v = vectors;

	while (v && (v->first->message != MESSAGE_NONE || v->first->line != line))
		v = v->next;
	return v;
}

static struct interrupt *interrupt_claim(unsigned cookie, int (*handler)(void *), void *data)
{
	struct interrupt *i;

	cos_mutex_lock(&interrupts_mutex);
	i = interrupts;
	while (i && i->cookie != cookie)
		i = i->next;
	if (i && i->established)
		i = NULL;
	if (i) {
		i->established = true;
		i->handler = handler;
		i->data = data;
	}
	cos_mutex_unlock(&interrupts_mutex);
	return i;
}

/* True: a thread serves that line already, and now this interrupt as well. */
static bool line_join(struct interrupt *i)
{
	struct vector *v = NULL;

	cos_mutex_lock(&interrupts_mutex);
	if (i->message == MESSAGE_NONE)
		v = vector_of_line(i->line);
	if (v) {
		i->on_vector = v->first;
		__atomic_store_n(&v->first, i, __ATOMIC_RELEASE);
	}
	cos_mutex_unlock(&interrupts_mutex);
	return v != NULL;
}

static long vector_start(struct vector *v)
{
	int nlocks;
	long tid = cos_thread_create(vector_thread, v, SCHED_PRIO_IRQ);

	if (tid < 0)
		return tid;
	/* The new thread needs a virtual CPU to get its lwp, perhaps the caller's. */
	hyp_leave(&nlocks, NULL);
	cos_sem_wait(&v->ready, 0);
	hyp_return(nlocks, NULL);
	return v->error;
}

void *rumpcomp_pci_irq_establish(unsigned cookie, int (*handler)(void *), void *data)
{
	struct interrupt *i = interrupt_claim(cookie, handler, data);
	struct vector *v;
	long error;

	if (!i)
		return NULL;
	if (line_join(i))
		return i;
	v = arena_alloc(sizeof(*v), 16);
	error = -COS_ENOMEM;
	if (v) {
		*v = (struct vector){.first = i};
		error = vector_start(v);
	}
	if (error) {
		cos_log("interrupt of device %ld: error %ld\n", i->device, error);
		i->established = false;
		return NULL;
	}
	cos_mutex_lock(&interrupts_mutex);
	v->next = vectors;
	vectors = v;
	cos_mutex_unlock(&interrupts_mutex);
	return i;
}
