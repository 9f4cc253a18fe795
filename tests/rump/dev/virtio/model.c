/* SPDX-License-Identifier: BSD-2-Clause */
/* Models of virtio devices (model.h). Register layouts: virtio 1.2, 4.1.4; rings: 2.7. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rump/errno.h>
#include <rump/rump.h>

#include "dev/virtio/virtio.h"
#include "model.h"
#include "rumpcomp_pci.h"

struct model *models[16];
unsigned nmodels;
char *model_unreachable;
size_t model_unreachable_len;
unsigned model_dma_fail_after = UINT32_MAX;

#define BAR_BYTES 0x4000
#define BAR_NOTIFY 0x1000
#define BAR_CONFIG 0x2000
#define PA_BIT (1ul << 60) /* a machine address is not a pointer */

static void cap_put(uint8_t *s, int at, int next, uint8_t type, uint32_t off, uint32_t len)
{
	s[at] = 9;
	s[at + 1] = (uint8_t)next;
	s[at + 2] = 20;
	s[at + 3] = type;
	s[at + 4] = 4; /* BAR */
	memcpy(s + at + 8, &off, 4);
	memcpy(s + at + 12, &len, 4);
	if (type == 2) {
		uint32_t mult = 4;

		memcpy(s + at + 16, &mult, 4);
	}
}

void model_add(struct model *m)
{
	uint8_t *s = m->m_space;
	uint16_t id = (uint16_t)(0x1040 + m->m_type), vendor = 0x1af4;

	memcpy(s, &vendor, 2);
	memcpy(s + 2, &id, 2);
	s[6] = 0x10; /* capability list */
	s[0x34] = 0x40;
	cap_put(s, 0x40, 0x54, 1, 0, m->m_bad_cap ? 0x10000000 : 56);
	cap_put(s, 0x54, 0x68, 2, BAR_NOTIFY, 0x100);
	cap_put(s, 0x68, 0x40, 4, BAR_CONFIG, sizeof(m->m_config)); /* the list is a cycle */
	m->m_slot = nmodels;
	m->m_bar = aligned_alloc(4096, BAR_BYTES);
	pthread_mutex_init(&m->m_lock, NULL);
	models[nmodels++] = m;
}

/* Registers. */

static struct model *model_at(const volatile void *addr, unsigned *off)
{
	for (unsigned i = 0; i < nmodels; i++) {
		uintptr_t base = (uintptr_t)models[i]->m_bar, a = (uintptr_t)addr;

		if (a >= base && a < base + BAR_BYTES) {
			*off = (unsigned)(a - base);
			return models[i];
		}
	}
	abort();
}

static uint64_t common_read(struct model *m, unsigned off)
{
	struct model_queue *q =
		m->m_queue_select < MODEL_QUEUES ? &m->m_queue[m->m_queue_select] : NULL;

	switch (off) {
	case 4:
		return m->m_feature_select < 2 ? (uint32_t)(m->m_offer >> 32 * m->m_feature_select)
					       : 0;
	case 16:
		return m->m_config_vector;
	case 18:
		return MODEL_QUEUES;
	case 20:
		return m->m_status;
	case 24:
		return q != NULL ? q->size : 0;
	case 26:
		return q != NULL ? q->vector : 0xffff;
	case 30:
		return m->m_queue_select;
	default:
		return 0;
	}
}

static void part_set(uint64_t *v, bool high, uint32_t part)
{
	*v = high ? (*v & 0xffffffff) | (uint64_t)part << 32 : (*v & ~0xffffffffull) | part;
}

static void model_reset(struct model *m)
{
	m->m_resets++;
	m->m_status = 0;
	m->m_features = 0;
	m->m_config_vector = 0xffff;
	memset(m->m_queue, 0, sizeof(m->m_queue));
	for (int i = 0; i < MODEL_QUEUES; i++) {
		m->m_queue[i].size = m->m_queue_size;
		m->m_queue[i].vector = 0xffff;
	}
}

static void common_write(struct model *m, unsigned off, uint32_t v)
{
	struct model_queue *q =
		m->m_queue_select < MODEL_QUEUES ? &m->m_queue[m->m_queue_select] : NULL;

	switch (off) {
	case 0:
		m->m_feature_select = v;
		return;
	case 8:
		m->m_driver_select = v;
		return;
	case 12:
		part_set(&m->m_features, m->m_driver_select != 0, v);
		return;
	case 16:
		m->m_config_vector = v < m->m_vectors ? (uint16_t)v : 0xffff;
		return;
	case 20:
		if (v == 0)
			model_reset(m);
		else
			m->m_status = (uint8_t)(m->m_refuse ? v & ~8u : v);
		return;
	case 22:
		m->m_queue_select = (uint16_t)v;
		return;
	}
	if (q == NULL)
		return;
	switch (off) {
	case 24:
		q->size = (uint16_t)v;
		break;
	case 26:
		q->vector = v < m->m_vectors ? (uint16_t)v : 0xffff;
		break;
	case 28:
		q->enabled = (uint16_t)v;
		break;
	case 32:
	case 36:
		part_set(&q->desc, off == 36, v);
		break;
	case 40:
	case 44:
		part_set(&q->avail, off == 44, v);
		break;
	case 48:
	case 52:
		part_set(&q->used, off == 52, v);
		break;
	}
}

static uint64_t mmio_read(const volatile void *addr, unsigned size)
{
	unsigned off;
	struct model *m = model_at(addr, &off);
	uint64_t v = 0;

	pthread_mutex_lock(&m->m_lock);
	if (off < BAR_NOTIFY)
		v = common_read(m, off);
	else if (off >= BAR_CONFIG)
		memcpy(&v, m->m_config + off - BAR_CONFIG, size);
	pthread_mutex_unlock(&m->m_lock);
	return v;
}

static void mmio_write(volatile void *addr, uint32_t v)
{
	unsigned off;
	struct model *m = model_at(addr, &off);
	struct chain c;

	pthread_mutex_lock(&m->m_lock);
	if (off < BAR_NOTIFY)
		common_write(m, off, v);
	else if (off < BAR_CONFIG) {
		assert(v < MODEL_QUEUES && off == BAR_NOTIFY + 4 * v);
		m->m_notifies++;
		if (m->m_handle != NULL && (m->m_keep & 1u << v) == 0) {
			while (chain_take(m, v, &c))
				m->m_handle(m, &c);
		}
	}
	pthread_mutex_unlock(&m->m_lock);
}

uint8_t virtio_mmio_read8(const volatile void *addr)
{
	return (uint8_t)mmio_read(addr, 1);
}
uint16_t virtio_mmio_read16(const volatile void *addr)
{
	return (uint16_t)mmio_read(addr, 2);
}
uint32_t virtio_mmio_read32(const volatile void *addr)
{
	return (uint32_t)mmio_read(addr, 4);
}
void virtio_mmio_write8(volatile void *addr, uint8_t v)
{
	mmio_write(addr, v);
}
void virtio_mmio_write16(volatile void *addr, uint16_t v)
{
	mmio_write(addr, v);
}
void virtio_mmio_write32(volatile void *addr, uint32_t v)
{
	mmio_write(addr, v);
}

/* Rings, from the device's side. */

static void *mem(uint64_t pa)
{
	assert((pa & PA_BIT) != 0);
	return (void *)(uintptr_t)(pa & ~PA_BIT);
}

bool chain_take(struct model *m, unsigned queue, struct chain *c)
{
	struct model_queue *q = &m->m_queue[queue];
	uint16_t *avail;
	uint16_t at;

	if (!q->enabled || (m->m_status & 4) == 0)
		return false;
	avail = mem(q->avail);
	if (__atomic_load_n(&avail[1], __ATOMIC_ACQUIRE) == q->avail_idx)
		return false;
	at = avail[2 + q->avail_idx++ % q->size];
	/* avail_event: notify at the next one */
	__atomic_store_n((uint16_t *)((char *)mem(q->used) + 4 + 8 * q->size), q->avail_idx,
			 __ATOMIC_SEQ_CST);
	memset(c, 0, offsetof(struct chain, c_seg));
	c->c_model = m;
	c->c_queue = queue;
	c->c_head = at;
	for (;;) {
		char *d = (char *)mem(q->desc) + 16 * at;
		unsigned n = c->c_nout + c->c_nin;
		uint64_t addr;
		uint16_t flags;

		assert(n < MODEL_SEGS && at < q->size);
		memcpy(&addr, d, 8);
		memcpy(&c->c_seg[n].len, d + 8, 4);
		memcpy(&flags, d + 12, 2);
		memcpy(&at, d + 14, 2);
		c->c_seg[n].mem = mem(addr);
		if ((flags & 2) != 0)
			c->c_nin++;
		else {
			assert(c->c_nin == 0); /* 2.7.4.2: those that the device reads come first */
			c->c_nout++;
		}
		if ((flags & 1) == 0)
			return true;
	}
}

void chain_fill(struct chain *c, uint32_t len)
{
	struct model *m = c->c_model;
	struct model_queue *q = &m->m_queue[c->c_queue];
	uint32_t elem[2] = {c->c_head, len};

	if (m->m_fault == FAULT_ID_RANGE)
		elem[0] = 0x10000 + q->size;
	if (m->m_fault == FAULT_ID_UNUSED)
		elem[0] = (c->c_head + c->c_nin + c->c_nout + 7u) % q->size;
	if (m->m_fault == FAULT_LENGTH)
		elem[1] = 0x7fffffff;
	memcpy((char *)mem(q->used) + 4 + 8 * (q->used_idx % q->size), elem, 8);
	q->used_idx = (uint16_t)(q->used_idx + (m->m_fault == FAULT_INDEX ? 5 : 1));
}

void queue_publish(struct model *m, unsigned queue)
{
	struct model_queue *q = &m->m_queue[queue];
	uint16_t *idx = (uint16_t *)((char *)mem(q->used) + 2), event, was = *idx;

	__atomic_store_n(idx, q->used_idx, __ATOMIC_SEQ_CST);
	event = __atomic_load_n((uint16_t *)mem(q->avail) + 2 + q->size, __ATOMIC_SEQ_CST);
	if (q->vector != 0xffff &&
	    ((m->m_features & (1ull << 29)) == 0 ||
	     (uint16_t)(q->used_idx - event - 1) < (uint16_t)(q->used_idx - was)))
		model_interrupt(m, q->vector);
}

void chain_done(struct chain *c, uint32_t len)
{
	chain_fill(c, len);
	queue_publish(c->c_model, c->c_queue);
}

size_t chain_read(const struct chain *c, size_t off, void *buf, size_t len)
{
	size_t done = 0;

	for (unsigned i = 0; i < c->c_nout && done < len; i++) {
		size_t n = c->c_seg[i].len;

		if (off >= n) {
			off -= n;
			continue;
		}
		n -= off;
		if (n > len - done)
			n = len - done;
		memcpy((char *)buf + done, c->c_seg[i].mem + off, n);
		done += n;
		off = 0;
	}
	return done;
}

size_t chain_write(struct chain *c, size_t off, const void *buf, size_t len)
{
	size_t done = 0;

	for (unsigned i = c->c_nout; i < c->c_nout + c->c_nin && done < len; i++) {
		size_t n = c->c_seg[i].len;

		if (off >= n) {
			off -= n;
			continue;
		}
		n -= off;
		if (n > len - done)
			n = len - done;
		memcpy(c->c_seg[i].mem + off, (const char *)buf + done, n);
		done += n;
		off = 0;
	}
	return done;
}

/* The hypercalls. */

static struct irq {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	unsigned pending;
	unsigned cookie, slot, vector;
	int (*fn)(void *);
	void *arg;
	struct model *model;
} irqs[64];
static unsigned nirqs;

static void *irq_thread(void *arg)
{
	struct irq *irq = arg;

	if (rump_pub_lwproc_newlwp(0) != 0)
		abort();
	for (;;) {
		pthread_mutex_lock(&irq->lock);
		while (irq->pending == 0)
			pthread_cond_wait(&irq->cond, &irq->lock);
		irq->pending = 0;
		pthread_mutex_unlock(&irq->lock);
		rump_schedule();
		irq->fn(irq->arg);
		rump_unschedule();
	}
	return NULL;
}

void model_interrupt(struct model *m, unsigned vector)
{
	for (unsigned i = 0; i < nirqs; i++) {
		struct irq *irq = &irqs[i];

		if (irq->model != m || irq->vector != vector || irq->fn == NULL)
			continue;
		pthread_mutex_lock(&irq->lock);
		irq->pending++;
		m->m_interrupts++;
		pthread_cond_signal(&irq->cond);
		pthread_mutex_unlock(&irq->lock);
	}
}

int rumpcomp_pci_enum(unsigned n, unsigned *bus, unsigned *dev, unsigned *fun)
{
	if (n >= nmodels)
		return RUMP_ENOENT;
	*bus = 0;
	*dev = n;
	*fun = 0;
	return 0;
}

int rumpcomp_pci_confread(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned *value)
{
	(void)bus;
	(void)fun;
	if (dev >= nmodels || reg < 0 || reg > 252 || (reg & 3) != 0)
		return RUMP_EINVAL;
	memcpy(value, models[dev]->m_space + reg, 4);
	return 0;
}

int rumpcomp_pci_confwrite(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned value)
{
	(void)bus;
	(void)fun;
	if (dev >= nmodels || reg != 4)
		return RUMP_EPERM;
	memcpy(models[dev]->m_space + 4, &value, 2);
	return 0;
}

int rumpcomp_pci_map_bar(unsigned bus, unsigned dev, unsigned fun, unsigned bar, void **vap,
			 unsigned long *len)
{
	(void)bus;
	(void)fun;
	if (bar != 4)
		return RUMP_EINVAL;
	*vap = models[dev]->m_bar;
	*len = BAR_BYTES;
	return 0;
}

unsigned rumpcomp_pci_msix_count(unsigned bus, unsigned dev, unsigned fun)
{
	(void)bus;
	(void)fun;
	return models[dev]->m_vectors;
}

int rumpcomp_pci_msix_map(unsigned bus, unsigned dev, unsigned fun, unsigned vector,
			  unsigned cookie)
{
	struct irq *irq = &irqs[nirqs];

	(void)bus;
	(void)fun;
	if (vector >= models[dev]->m_vectors)
		return RUMP_EINVAL;
	pthread_mutex_init(&irq->lock, NULL);
	pthread_cond_init(&irq->cond, NULL);
	irq->cookie = cookie;
	irq->vector = vector;
	irq->model = models[dev];
	nirqs++;
	return 0;
}

void *rumpcomp_pci_irq_establish(unsigned cookie, int (*handler)(void *), void *data)
{
	pthread_t t;

	for (unsigned i = 0; i < nirqs; i++) {
		if (irqs[i].cookie == cookie && irqs[i].fn == NULL) {
			irqs[i].fn = handler;
			irqs[i].arg = data;
			if (pthread_create(&t, NULL, irq_thread, &irqs[i]) != 0)
				return NULL;
			pthread_detach(t);
			return &irqs[i];
		}
	}
	return NULL;
}

int rumpcomp_pci_dmalloc(size_t len, size_t align, unsigned long *pap, unsigned long *vap)
{
	void *p;

	if (model_dma_fail_after != UINT32_MAX && model_dma_fail_after-- == 0)
		return RUMP_ENOMEM;
	if (posix_memalign(&p, align < 16 ? 16 : align, len) != 0)
		return RUMP_ENOMEM;
	memset(p, 0, len);
	*vap = (unsigned long)p;
	*pap = (unsigned long)p | PA_BIT;
	return 0;
}

void rumpcomp_pci_dmafree(unsigned long va, size_t len)
{
	(void)len;
	free((void *)va);
}

int rumpcomp_pci_dmamem_map(struct rumpcomp_pci_dmaseg *segs, size_t nsegs, size_t total,
			    void **vap)
{
	if (nsegs != 1 || total > segs[0].ds_len)
		return RUMP_EINVAL;
	*vap = (void *)segs[0].ds_vacookie;
	return 0;
}

unsigned long rumpcomp_pci_virt_to_mach(void *va)
{
	if ((char *)va >= model_unreachable &&
	    (char *)va < model_unreachable + model_unreachable_len)
		return 0;
	return (unsigned long)va | PA_BIT;
}
