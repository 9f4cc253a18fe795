/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI hypercalls (rumpcomp_pci.h) over dev and mem. dev numbers the component's devices from 0;
 * drivers name them by bus, device and function: device_find translates.
 */
#include <dev/dev.h>
#include <cos/irq.h>
#include <cos/string.h>
#include <cos/thread.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "alloc.h"
#include "hyp.h"
#include "rumpcomp_pci.h"

#define CONF_SIZE 256
#define REG_BAR(n) (0x10 + 4 * (n))
#define BARS 6
#define BAR_IO 1u
#define BAR_MEM64 4u
#define BAR_TYPE 6u
#define BAR_FLAGS 0xfu

/* Of dev_id's v1. */
#define BDF(bus, dev, fun) ((long)((bus) << 8 | (dev) << 3 | (fun)))

struct interrupt {
	struct interrupt *next;
	unsigned cookie;
	long device;
	unsigned vector;
	bool established;
	int (*handler)(void *);
	void *data;
	struct cos_sem ready;
	long error; /* set before ready */
};

static struct cos_mutex interrupts_mutex;
static struct interrupt *interrupts;

static long device_find(unsigned bus, unsigned dev, unsigned fun)
{
	long count = dev_count();

	for (long n = 0; n < count; n++)
		if (dev_id(n).v1 == BDF(bus, dev, fun))
			return n;
	return -COS_ENODEV;
}

int rumpcomp_pci_enum(unsigned n, unsigned *bus, unsigned *dev, unsigned *fun)
{
	struct cos_pair id = dev_id(n);

	if (id.v0 < 0)
		return RUMP_ENOENT;
	*bus = (unsigned)id.v1 >> 8;
	*dev = (unsigned)id.v1 >> 3 & 31;
	*fun = (unsigned)id.v1 & 7;
	return 0;
}

int rumpcomp_pci_confread(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int *value)
{
	long n = device_find(bus, dev, fun), result;

	*value = ~0u;
	if (n < 0)
		return RUMP_ENODEV;
	result = dev_conf_read(n, (unsigned long)reg, sizeof(*value));
	if (result < 0)
		return hyp_errno(result);
	*value = (unsigned)result;
	return 0;
}

int rumpcomp_pci_confwrite(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int value)
{
	long n = device_find(bus, dev, fun);

	if (n < 0)
		return RUMP_ENODEV;
	return hyp_errno(dev_conf_write(n, (unsigned long)reg, sizeof(value), value));
}

int rumpcomp_pci_map_bar(unsigned bus, unsigned dev, unsigned fun, unsigned bar, void **vap,
			 unsigned long *len_bytes)
{
	long n = device_find(bus, dev, fun);
	struct cos_pair mapped;

	if (n < 0)
		return RUMP_ENODEV;
	mapped = dev_bar_map(n, bar);
	if (mapped.v0 < 0)
		return hyp_errno(mapped.v0);
	*vap = (void *)mapped.v0;
	*len_bytes = (unsigned long)mapped.v1;
	return 0;
}

/* The machine address in a memory BAR; 0: it is none. *registers: how many it takes. */
static uint64_t bar_base(long n, unsigned bar, unsigned *registers)
{
	long low = dev_conf_read(n, REG_BAR(bar), 4), high = 0;

	*registers = 1;
	if (low < 0 || low & BAR_IO)
		return 0;
	if ((low & BAR_TYPE) == BAR_MEM64) {
		*registers = 2;
		high = dev_conf_read(n, REG_BAR(bar + 1), 4);
	}
	return (uint64_t)high << 32 | ((uint64_t)low & ~(uint64_t)BAR_FLAGS);
}

void *rumpcomp_pci_map(unsigned long addr, unsigned long len_bytes)
{
	long count = dev_count();
	unsigned registers;

	for (long n = 0; n < count; n++)
		for (unsigned bar = 0; bar < BARS; bar += registers) {
			uint64_t base = bar_base(n, bar, &registers);
			struct cos_pair mapped;

			if (base == 0 || base > addr)
				continue;
			mapped = dev_bar_map(n, bar);
			if (mapped.v0 > 0 && addr - base < (uint64_t)mapped.v1 &&
			    len_bytes <= (uint64_t)mapped.v1 - (addr - base))
				return (uint8_t *)mapped.v0 + (addr - base);
		}
	return NULL;
}

int rumpcomp_pci_irq_map(unsigned bus, unsigned dev, unsigned fun, int intrline, unsigned cookie)
{
	(void)bus;
	(void)dev;
	(void)fun;
	(void)intrline;
	(void)cookie;
	return RUMP_EOPNOTSUPP;
}

unsigned rumpcomp_pci_msix_count(unsigned bus, unsigned dev, unsigned fun)
{
	long n = device_find(bus, dev, fun), count = n < 0 ? 0 : dev_msix_count(n);

	return count < 0 ? 0 : (unsigned)count;
}

static struct interrupt *interrupt_find(unsigned cookie, long device, unsigned vector)
{
	struct interrupt *i = interrupts;

	while (i && i->cookie != cookie && (i->device != device || i->vector != vector))
		i = i->next;
	return i;
}

int rumpcomp_pci_msix_map(unsigned bus, unsigned dev, unsigned fun, unsigned vector,
			  unsigned cookie)
{
	long n = device_find(bus, dev, fun);
	struct interrupt *i;
	int error = 0;

	if (n < 0)
		return RUMP_ENODEV;
	if ((long)vector >= dev_msix_count(n))
		return RUMP_EINVAL;
	i = arena_alloc(sizeof(*i), 16);
	if (!i)
		return RUMP_ENOMEM;
	*i = (struct interrupt){.cookie = cookie, .device = n, .vector = vector};
	cos_mutex_lock(&interrupts_mutex);
	if (interrupt_find(cookie, n, vector)) {
		error = RUMP_EEXIST;
	} else {
		i->next = interrupts;
		interrupts = i;
	}
	cos_mutex_unlock(&interrupts_mutex);
	if (error)
		arena_free(i, sizeof(*i));
	return error;
}

/* The thread of one interrupt. The end-point is bound to the thread that asks, so it asks itself.
 */
static void interrupt_thread(void *arg)
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

static struct interrupt *interrupt_claim(unsigned cookie)
{
	struct interrupt *i;

	cos_mutex_lock(&interrupts_mutex);
	i = interrupts;
	while (i && i->cookie != cookie)
		i = i->next;
	if (i && i->established)
		i = NULL;
	if (i)
		i->established = true;
	cos_mutex_unlock(&interrupts_mutex);
	return i;
}

void *rumpcomp_pci_irq_establish(unsigned cookie, int (*handler)(void *), void *data)
{
	struct interrupt *i = interrupt_claim(cookie);
	int nlocks;
	long tid;

	if (!i)
		return NULL;
	i->handler = handler;
	i->data = data;
	tid = cos_thread_create(interrupt_thread, i, SCHED_PRIO_IRQ);
	if (tid >= 0) {
		/* It takes a virtual CPU to get its lwp: perhaps ours. */
		hyp_leave(&nlocks, NULL);
		cos_sem_wait(&i->ready, 0);
		hyp_return(nlocks, NULL);
	}
	if (tid < 0 || i->error) {
		i->established = false;
		return NULL;
	}
	return i;
}

int rumpcomp_pci_dmalloc(size_t len_bytes, size_t align, unsigned long *pap, unsigned long *vap)
{
	void *mem;

	if (len_bytes == 0 || align & (align - 1))
		return RUMP_EINVAL;
	mem = arena_alloc(len_bytes, align ? align : 1);
	if (!mem)
		return RUMP_ENOMEM;
	*pap = arena_paddr(mem);
	*vap = (unsigned long)mem;
	if (*pap == 0 || *pap & (align ? align - 1 : 0)) {
		arena_free(mem, len_bytes);
		return *pap == 0 ? RUMP_ENODEV : RUMP_EINVAL;
	}
	memset(mem, 0, len_bytes);
	return 0;
}

void rumpcomp_pci_dmafree(unsigned long vacookie, size_t len_bytes)
{
	arena_free((void *)vacookie, len_bytes);
}

int rumpcomp_pci_dmamem_map(struct rumpcomp_pci_dmaseg *segs, size_t nsegs, size_t total_bytes,
			    void **vap)
{
	if (nsegs != 1)
		return RUMP_EOPNOTSUPP;
	if (total_bytes > segs[0].ds_len)
		return RUMP_EINVAL;
	*vap = (void *)segs[0].ds_vacookie;
	return 0;
}

unsigned long rumpcomp_pci_virt_to_mach(void *va)
{
	return arena_paddr(va);
}
