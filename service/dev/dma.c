/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that devices reach (dev/dev.h, dev_dma_*).
 *
 * A component that owns devices has a table (struct reach, iotable.h), which all of them are
 * attached to. It has the pieces that the component was given (dev_dma_alloc), and single pages of
 * its own whose machine address it asked for (dev_dma_addr).
 *
 *	in		mem allocates or pins the frames; then they are added to the table
 *	out, a piece	only by dev_dma_free: it is removed from the table, the IOMMU forgets it,
 *			and then mem frees it
 *	out, a page	whenever the component unmaps it: mem keeps the frame. The next
 *			dev_dma_alloc or dev_dma_addr of any component removes it from all tables,
 *			makes the IOMMU forget it, and releases it in mem (left_release)
 *
 * I1  A frame that is in a table, or was and may be remembered by an IOMMU, has no other owner.
 * I2  A component that was stopped is detached from its table with all its devices (dma_stop), so
 *     what is in the table no longer matters.
 *
 * Without an IOMMU there are no tables, devices reach all memory, and all else is the same.
 */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/client.h>
#include <cos/irq.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <cos/thread.h>
#include <dev/dev.h>
#include <mem/device.h>
#include <sched/sched.h>

#include "dma.h"
#include "dmar.h"
#include "iopages.h"
#include "iotable.h"
#include "irq.h"
#include "lock.h"
#include "vtd.h"

/* Faults of one device that are reported: a driver could fill the log otherwise. */
#define FAULTS_REPORTED 16

struct reach {
	struct reach *next;
	long comp;
	unsigned domain;
	struct iotable table;
};

struct piece {
	struct piece *next;
	long comp;
	uint64_t va;
	uint64_t paddr;
	uint64_t len_bytes; /* whole pages */
};

static struct pci_bus *dma_bus;
static const struct iopages *dma_pages; /* NULL: no IOMMU */
static struct reach *reaches;
static unsigned next_domain = VTD_DOMAIN_FIRST;
static struct piece *pieces;

static struct reach *reach_find(long comp)
{
	struct reach *r = reaches;

	while (r && r->comp != comp)
		r = r->next;
	return r;
}

static long reach_add(long comp, uint64_t paddr, uint64_t len_bytes, uint64_t rights)
{
	struct reach *r = reach_find(comp);
	long changed = r ? iotable_add(&r->table, paddr, len_bytes, rights) : 0;

	/* In caching mode (6.1) an IOMMU remembers absent entries too. */
	if (changed != 0)
		vtd_invalidate(r->domain);
	return changed < 0 ? changed : 0;
}

static void reach_remove(struct reach *r, uint64_t paddr, uint64_t len_bytes)
{
	if (iotable_remove(&r->table, paddr, len_bytes))
		vtd_invalidate(r->domain);
}

/* Release the frames that components have unmapped. */
static void left_release(void)
{
	struct cos_pair left = mem_dma_release(0);

	while (left.v0 == 0) {
		for (struct reach *r = reaches; r; r = r->next)
			reach_remove(r, (uint64_t)left.v1, COS_PAGE_SIZE);
		left = mem_dma_release((unsigned long)left.v1);
	}
}

static struct cos_pair piece_make(long comp, uint64_t len_bytes, unsigned long align, long below_4g)
{
	struct piece *p = cos_malloc(sizeof(*p));
	struct cos_pair dma;
	long error;

	if (!p)
		return (struct cos_pair){-COS_ENOMEM, 0};
	dma = mem_dma_alloc(comp, len_bytes, align, below_4g);
	if (dma.v0 < 0) {
		cos_free(p);
		return dma;
	}
	*p = (struct piece){.next = pieces,
			    .comp = comp,
			    .va = (uint64_t)dma.v0,
			    .paddr = (uint64_t)dma.v1,
			    .len_bytes = len_bytes};
	error = reach_add(comp, p->paddr, len_bytes, IOTABLE_READ | IOTABLE_WRITE);
	if (error) {
		reach_remove(reach_find(comp), p->paddr, len_bytes);
		mem_dma_free(comp, p->va, len_bytes);
		cos_free(p);
		return (struct cos_pair){-COS_ENOMEM, 0};
	}
	pieces = p;
	return dma;
}

static uint64_t whole_pages(unsigned long len_bytes)
{
	return (len_bytes + COS_PAGE_SIZE - 1) & -(uint64_t)COS_PAGE_SIZE;
}

struct cos_pair dev_dma_alloc(unsigned long len_bytes, unsigned long align, long below_4g)
{
	struct cos_pair dma;

	cos_mutex_lock(&dev_lock);
	left_release();
	dma = piece_make(cos_client(), whole_pages(len_bytes), align, below_4g);
	cos_mutex_unlock(&dev_lock);
	return dma;
}

static long piece_free(long comp, uint64_t va, uint64_t len_bytes)
{
	struct reach *r = reach_find(comp);
	struct piece **at = &pieces, *p;
	long error;

	while (*at && ((*at)->comp != comp || (*at)->va != va))
		at = &(*at)->next;
	p = *at;
	if (!p || p->len_bytes != len_bytes)
		return -COS_EINVAL;
	if (r)
		reach_remove(r, p->paddr, len_bytes);
	error = mem_dma_free(comp, va, len_bytes);
	if (error)
		return error;
	*at = p->next;
	cos_free(p);
	return 0;
}

long dev_dma_free(unsigned long addr, unsigned long len_bytes)
{
	long error;

	cos_mutex_lock(&dev_lock);
	error = piece_free(cos_client(), addr, whole_pages(len_bytes));
	cos_mutex_unlock(&dev_lock);
	return error;
}

struct cos_pair dev_dma_addr(unsigned long addr)
{
	struct cos_pair at;
	long error;

	cos_mutex_lock(&dev_lock);
	left_release();
	at = mem_dma_pin(cos_client(), addr);
	if (at.v0 >= 0) {
		error = reach_add(cos_client(), (uint64_t)at.v1 & -(uint64_t)COS_PAGE_SIZE,
				  COS_PAGE_SIZE,
				  IOTABLE_READ | (at.v0 & COS_PG_WRITE ? IOTABLE_WRITE : 0));
		at.v0 = error;
	}
	cos_mutex_unlock(&dev_lock);
	return at;
}

void dma_stop(const struct pci_device *d)
{
	if (dma_pages)
		vtd_detach(d->bdf);
}

static void fault_report(const struct vtd_fault *fault)
{
	static unsigned others; /* faults of devices that are not on the bus */
	struct pci_device *d = pci_find(dma_bus, fault->bdf);
	unsigned *reported = d ? &d->faults : &others;

	if (*reported == FAULTS_REPORTED)
		return;
	cos_log("dev: %02x:%02x.%x of component %ld: %s 0x%lx refused (VT-d fault %u)\n",
		PCI_BDF_BUS(fault->bdf), fault->bdf >> 3 & 31, fault->bdf & 7, d ? d->owner : 0,
		fault->write ? "write to" : "read of", fault->addr, fault->reason);
	if (++*reported == FAULTS_REPORTED) {
		cos_log("dev: %02x:%02x.%x: its further faults are not reported\n",
			PCI_BDF_BUS(fault->bdf), fault->bdf >> 3 & 31, fault->bdf & 7);
		vtd_silence(fault->bdf);
	}
}

static void faults_report(void)
{
	struct vtd_fault fault;
	bool lost = false;

	cos_mutex_lock(&dev_lock);
	while (vtd_fault_take(&fault, &lost))
		fault_report(&fault);
	if (lost)
		cos_log("dev: more accesses to memory were refused than the IOMMU could note\n");
	cos_mutex_unlock(&dev_lock);
}

static void fault_thread(void *arg)
{
	struct irq irq;
	long error;

	(void)arg;
	cos_mutex_lock(&dev_lock);
	error = irq_bind(cos_tid(), cos_component_id(), &irq);
	if (!error)
		vtd_fault_interrupt(irq.vector, irq.apic_id);
	cos_mutex_unlock(&dev_lock);
	if (error) {
		cos_log("dev: refused accesses of devices are not reported (%ld)\n", error);
		return;
	}
	do
		faults_report();
	while (cos_arcv_wait(irq.cap) > 0);
}

/*
 * The table of a component, made for its first device. NULL: out of memory, or of domain numbers.
 */
static struct reach *reach_get(long comp)
{
	struct reach *r = reach_find(comp);

	if (r || next_domain == vtd_domains())
		return r;
	r = cos_malloc(sizeof(*r));
	if (!r)
		return NULL;
	*r = (struct reach){.next = reaches, .comp = comp, .domain = next_domain};
	if (iotable_init(&r->table, dma_pages, vtd_levels())) {
		cos_free(r);
		return NULL;
	}
	next_domain++;
	reaches = r;
	return r;
}

static void devices_attach(void)
{
	for (struct pci_device *d = dma_bus->first; d; d = d->next) {
		struct reach *r = d->owner ? reach_get(d->owner) : NULL;

		if (d->owner && (!r || vtd_attach(d->bdf, r->domain, &r->table)))
			cos_log("dev: %02x:%02x.%x: out of memory: it reaches no memory\n",
				PCI_BDF_BUS(d->bdf), d->bdf >> 3 & 31, d->bdf & 7);
	}
}

/* The number of IOMMUs; negative COS_E*: one of them cannot be used, so none is. */
static long units_add(const uint8_t *dmar, size_t len_bytes)
{
	uint64_t paddr;
	unsigned n = 0;
	long error;

	if (!dmar)
		return 0;
	while ((error = dmar_unit(dmar, len_bytes, n, &paddr)) == 0) {
		error = vtd_unit_add(paddr);
		if (error)
			return error;
		n++;
	}
	if (error != -COS_ENOENT)
		return error;
	return n > 0 && vtd_levels() == 0 ? -COS_ENOSYS : (long)n;
}

void dma_init(struct pci_bus *bus, const uint8_t *dmar, size_t len_bytes)
{
	long n = units_add(dmar, len_bytes);
	const struct iopages *pages;

	dma_bus = bus;
	if (n > 0) {
		pages = iopages_init(vtd_is_coherent());
		if (vtd_start(pages) == 0)
			dma_pages = pages;
		else
			n = -COS_ENOMEM;
	}
	if (!dma_pages) {
		cos_log("dev: no IOMMU (%ld): devices reach all memory\n", n);
		return;
	}
	devices_attach();
	if (cos_thread_create(fault_thread, NULL, SCHED_PRIO_IRQ) < 0)
		cos_log("dev: refused accesses of devices are not reported\n");
	cos_log("dev: %ld IOMMU, %u levels: devices reach their components' memory\n", n,
		vtd_levels());
}
