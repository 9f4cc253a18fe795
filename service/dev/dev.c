/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev: what components may do with devices (interface/dev). The rest of the folder:
 *
 *	pci.c bar.c	the bus: functions, capabilities, base address registers
 *	own.c		which component each device was given to
 *	irq.c msix.c ioapic.c	interrupts: vectors, messages, lines
 *	dma.c iotable.c iopages.c vtd.c dmar.c	memory that devices reach, by the IOMMU
 *	map.c port.c	dev's own access to device memory and I/O ports
 *
 * I1  The bus, the owners, interrupt controllers and IOMMUs are found before the first call and do
 *     not change. What changes later is guarded by dev_lock (lock.h).
 * I2  A device is used by its owner alone. Device numbers of the interface count the caller's own.
 * I3  A component that was stopped may still have threads in dev, which leave when they return. So
 *     whatever lets a device do something checks with dev_lock held whether it is still its owner's
 *     (device_lock).
 * I4  Bridges, BARs and MSI-X tables belong to dev: a driver can neither move its device's memory
 *     over another's nor send a message to a vector that is not its own.
 *
 * Not supported: PCI Express's extended configuration space, hot plug, MSI (messages are MSI-X's),
 * other segments than 0, interrupt lines by ACPI's _PRT (intx_gsi).
 */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include <boot/boot.h>
#include <boot/image.h>
#include <dev/console.h>
#include <dev/control.h>
#include <dev/dev.h>
#include <mem/device.h>

#include "../acpi/acpi.h"
#include "dma.h"
#include "dmar.h"
#include "ioapic.h"
#include "irq.h"
#include "lock.h"
#include "map.h"
#include "msix.h"
#include "own.h"
#include "pci.h"
#include "port.h"

/* Configuration mechanism 1 (PCI 3.0, 3.2.2.3.2). */
#define PORT_ADDRESS 0xcf8
#define PORT_DATA 0xcfc
#define ADDRESS_ENABLE 0x80000000u

/*
 * For BARs that firmware gave no address: on a PC nothing but PCI answers between the highest RAM
 * below 4 GiB and the interrupt controllers.
 */
#define WINDOW_START 0xe0000000
#define WINDOW_END 0xfec00000

#define ISA_LINES 16
/*
 * QEMU's q35: its host bridge, the devices whose lines are routed alike, and the first interrupt.
 */
#define Q35_HOST_BRIDGE 0x29c08086
#define Q35_SLOTS 25
#define Q35_GSI 20
#define LINES (Q35_GSI + 4)

struct cos_mutex dev_lock;
static struct pci_bus dev_bus;
static const uint8_t *dev_madt; /* NULL: no ACPI */
static size_t dev_madt_len;
/* Of each ISA line and PCI interrupt: the component whose thread serves it; 0: none. */
static long dev_line_owner[LINES];

static uint32_t conf_read(void *arg, uint16_t bdf, unsigned reg, unsigned width)
{
	(void)arg;
	port_write(PORT_ADDRESS, 4, ADDRESS_ENABLE | (uint32_t)bdf << 8 | (reg & ~3u));
	return port_read((uint16_t)(PORT_DATA + (reg & 3)), width);
}

static void conf_write(void *arg, uint16_t bdf, unsigned reg, unsigned width, uint32_t value)
{
	(void)arg;
	port_write(PORT_ADDRESS, 4, ADDRESS_ENABLE | (uint32_t)bdf << 8 | (reg & ~3u));
	port_write((uint16_t)(PORT_DATA + (reg & 3)), width, value);
}

static void *zeroed_alloc(size_t len_bytes)
{
	return cos_calloc(1, len_bytes);
}

static const uint8_t *acpi_map(uint64_t paddr, size_t len_bytes)
{
	return map_physical(paddr, len_bytes);
}

static const struct image_header *image(void)
{
	return (const struct image_header *)COS_IMAGE_VA;
}

void cos_log_write(const char *text, size_t len)
{
	cos_log_kernel(text, len);
}

/* Device n of the caller; NULL: none, or the caller was stopped. */
static struct pci_device *device_get(long n)
{
	struct pci_device *d = own_device(&dev_bus, cos_client(), n);

	return d && !d->stopped ? d : NULL;
}

/* The same, with dev_lock held unless it is NULL (I3). */
static struct pci_device *device_lock(long n)
{
	struct pci_device *d;

	cos_mutex_lock(&dev_lock);
	d = device_get(n);
	if (!d)
		cos_mutex_unlock(&dev_lock);
	return d;
}

long dev_count(void)
{
	long n = 0;

	while (device_get(n))
		n++;
	return n;
}

struct cos_pair dev_id(long dev)
{
	const struct pci_device *d = device_get(dev);

	if (!d)
		return (struct cos_pair){-COS_ENODEV, 0};
	return (struct cos_pair){d->vendor | (long)d->device << 16, d->bdf};
}

static bool conf_range_ok(unsigned long reg, unsigned long width_bytes)
{
	return (width_bytes == 1 || width_bytes == 2 || width_bytes == 4) && reg < PCI_CONF_SIZE &&
	       reg % width_bytes == 0;
}

/* The BAR that a register of a device is, bridges excepted; negative: none. */
static int bar_number(const struct pci_device *d, unsigned long reg, unsigned long width_bytes)
{
	if (d->is_bridge || width_bytes != 4 || reg < PCI_REG_BAR(0) ||
	    reg >= PCI_REG_BAR(PCI_NBARS))
		return -1;
	return (int)(reg - PCI_REG_BAR(0)) / 4;
}

long dev_conf_read(long dev, unsigned long reg, unsigned long width_bytes)
{
	const struct pci_device *d = device_get(dev);
	long value;

	if (!d)
		return -COS_ENODEV;
	if (!conf_range_ok(reg, width_bytes))
		return -COS_EINVAL;
	cos_mutex_lock(&dev_lock);
	if (bar_number(d, reg, width_bytes) >= 0)
		value = pci_bar_driver_read(&dev_bus, d, (unsigned)bar_number(d, reg, width_bytes));
	else
		value = conf_read(NULL, d->bdf, (unsigned)reg, (unsigned)width_bytes);
	cos_mutex_unlock(&dev_lock);
	return value;
}

long dev_conf_write(long dev, unsigned long reg, unsigned long width_bytes, unsigned long value)
{
	struct pci_device *d;
	bool ok;

	if (!device_get(dev))
		return -COS_ENODEV;
	if (!conf_range_ok(reg, width_bytes))
		return -COS_EINVAL;
	d = device_lock(dev);
	if (!d)
		return -COS_ENODEV;
	if (bar_number(d, reg, width_bytes) >= 0) {
		ok = pci_bar_driver_write(&dev_bus, d, (unsigned)bar_number(d, reg, width_bytes),
					  (uint32_t)value);
	} else {
		ok = pci_conf_may_write(d, (unsigned)reg, (unsigned)width_bytes);
		if (ok)
			conf_write(NULL, d->bdf, (unsigned)reg, (unsigned)width_bytes,
				   (uint32_t)value);
	}
	cos_mutex_unlock(&dev_lock);
	return ok ? 0 : -COS_EPERM;
}

/* Only whole pages are mapped: is a BAR of another owner on one of these? */
static bool pages_are_shared(const struct pci_device *d, uint64_t start, uint64_t end)
{
	const uint64_t mask = COS_PAGE_SIZE - 1;

	for (const struct pci_device *o = dev_bus.first; o; o = o->next)
		for (unsigned n = 0; n < PCI_NBARS && o != d; n++) {
			const struct pci_bar *bar = &o->bar[n];
			uint64_t bar_end = bar->base + bar->len_bytes;

			if ((bar->kind == PCI_BAR_MEM32 || bar->kind == PCI_BAR_MEM64) &&
			    bar->base != 0 && o->owner != d->owner && (bar->base & ~mask) < end &&
			    start < ((bar_end + mask) & ~mask))
				return true;
		}
	return false;
}

static long bar_map(struct pci_device *d, unsigned n)
{
	const uint64_t mask = COS_PAGE_SIZE - 1;
	struct pci_bar *bar = &d->bar[n];
	uint64_t from = 0, to = bar->len_bytes, table, table_end, start, end;
	long va;

	/* The MSI-X table is dev's (I4): the driver gets what is before it, or else behind it. */
	if (msix_table_pages(d, n, &table, &table_end)) {
		if (table > 0)
			to = table;
		else
			from = table_end;
		if (from >= to)
			return -COS_EPERM;
	}
	start = (bar->base + from) & ~mask;
	end = (bar->base + to + mask) & ~mask;
	if (pages_are_shared(d, start, end))
		return -COS_EPERM;
	pci_command_set(&dev_bus, d, PCI_COMMAND_MEM);
	va = mem_dev_map(d->owner, start, end - start);
	if (va < 0)
		return va;
	bar->mapped_at = va + (long)(bar->base + from - start);
	bar->mapped_len = to - from;
	return 0;
}

struct cos_pair dev_bar_map(long dev, long bar)
{
	struct pci_device *d = device_get(dev);
	struct pci_bar *b;
	long error = 0;

	if (!d)
		return (struct cos_pair){-COS_ENODEV, 0};
	if (bar < 0 || bar >= PCI_NBARS)
		return (struct cos_pair){-COS_EINVAL, 0};
	b = &d->bar[bar];
	if ((b->kind != PCI_BAR_MEM32 && b->kind != PCI_BAR_MEM64) || b->len_bytes == 0)
		return (struct cos_pair){-COS_EINVAL, 0};
	if (b->base == 0)
		return (struct cos_pair){-COS_ENOMEM, 0};
	cos_mutex_lock(&dev_lock);
	if (b->mapped_at == 0)
		error = bar_map(d, (unsigned)bar);
	cos_mutex_unlock(&dev_lock);
	return error ? (struct cos_pair){error, 0}
		     : (struct cos_pair){b->mapped_at, (long)b->mapped_len};
}

long dev_msix_count(long dev)
{
	const struct pci_device *d = device_get(dev);

	return d ? (long)d->msix_count : -COS_ENODEV;
}

long dev_irq_bind(long dev, long msix)
{
	struct pci_device *d = device_lock(dev);
	struct irq irq;
	long error;

	if (!d)
		return -COS_ENODEV;
	error = msix < 0 || msix >= d->msix_count ? -COS_EINVAL
						  : irq_bind(cos_tid(), d->owner, &irq);
	if (!error) {
		error = msix_enable(&dev_bus, d, (unsigned)msix, irq.vector, irq.apic_id);
		if (error)
			irq_free(&irq);
	}
	cos_mutex_unlock(&dev_lock);
	return error ? error : irq.cap;
}

/*
 * Let a line interrupt the calling thread; *cap: its end-point. dev_lock is held. The line counts
 * as edge-triggered whatever it is: a level would interrupt again as soon as the processor has
 * ended the interrupt, and the driver, which withdraws it, is a thread that has yet to run.
 */
static long line_bind(unsigned line, const struct acpi_route *route, long *cap)
{
	volatile uint32_t *ioapic = map_physical(route->ioapic_paddr, COS_PAGE_SIZE);
	struct irq irq;
	long error;

	if (!ioapic)
		return -COS_ENODEV;
	error = irq_bind(cos_tid(), cos_client(), &irq);
	if (error)
		return error;
	error = ioapic_route(ioapic, route->pin, route->active_low, irq.vector, irq.apic_id);
	if (error) {
		irq_free(&irq);
		return error;
	}
	dev_line_owner[line] = cos_client();
	*cap = irq.cap;
	return 0;
}

static long line_route(unsigned line, struct acpi_route *route)
{
	if (line >= ISA_LINES)
		return acpi_pci_route(dev_madt, dev_madt_len, line, route);
	if (dev_madt)
		return acpi_isa_route(dev_madt, dev_madt_len, line, route);
	acpi_isa_route_default(line, route);
	return 0;
}

long dev_isa_irq_bind(long line)
{
	struct acpi_route route;
	long error, cap = 0;

	if (line < 0 || line >= ISA_LINES)
		return -COS_EINVAL;
	if (!own_has_role(image(), cos_client(), COMPONENT_CONSOLE))
		return -COS_EPERM;
	cos_mutex_lock(&dev_lock);
	error = dev_line_owner[line] ? -COS_EEXIST : line_route((unsigned)line, &route);
	if (!error && route.level)
		error = -COS_ENOSYS;
	if (!error)
		error = line_bind((unsigned)line, &route, &cap);
	cos_mutex_unlock(&dev_lock);
	return error ? error : cap;
}

long dev_log_bind(void)
{
	long cap;

	if (!own_has_role(image(), cos_client(), COMPONENT_CONSOLE))
		return -COS_EPERM;
	cos_mutex_lock(&dev_lock);
	cap = irq_log_bind(cos_tid());
	cos_mutex_unlock(&dev_lock);
	return cap;
}

/*
 * The global number of the device's interrupt line; negative: none. ACPI tells it by a program
 * (_PRT), which is not run here. On q35, QEMU's board, the devices of bus 0 lead in turn to the
 * interrupts 20 to 23 (QEMU, docs/specs; the chipset's registers as its firmware leaves them).
 * Elsewhere firmware has routed the line to an ISA line, and says to which (PCI 3.0, 6.2.4).
 */
static long intx_gsi(const struct pci_device *d)
{
	unsigned pin = conf_read(NULL, d->bdf, PCI_REG_PIN, 1),
		 line = conf_read(NULL, d->bdf, PCI_REG_LINE, 1), slot = d->bdf >> 3 & 31;

	if (pin == 0 || pin > 4)
		return -COS_ENODEV;
	if (dev_madt && conf_read(NULL, 0, PCI_REG_ID, 4) == Q35_HOST_BRIDGE &&
	    PCI_BDF_BUS(d->bdf) == 0 && slot < Q35_SLOTS)
		return Q35_GSI + (slot + pin - 1) % 4;
	return line == 0 || line >= ISA_LINES ? -COS_ENODEV : (long)line;
}

long dev_intx_line(long dev)
{
	const struct pci_device *d = device_get(dev);
	long gsi;

	if (!d)
		return -COS_ENODEV;
	cos_mutex_lock(&dev_lock);
	gsi = intx_gsi(d);
	cos_mutex_unlock(&dev_lock);
	return gsi;
}

long dev_intx_bind(long dev)
{
	struct pci_device *d = device_lock(dev);
	struct acpi_route route;
	long error, cap = 0, gsi;

	if (!d)
		return -COS_ENODEV;
	gsi = intx_gsi(d);
	if (gsi < 0)
		error = gsi;
	else if (dev_line_owner[gsi])
		error = dev_line_owner[gsi] == cos_client() ? -COS_EEXIST : -COS_EBUSY;
	else
		error = line_route((unsigned)gsi, &route);
	if (!error)
		error = line_bind((unsigned)gsi, &route, &cap);
	if (!error)
		pci_command_clear(&dev_bus, d, PCI_COMMAND_NO_INTX);
	cos_mutex_unlock(&dev_lock);
	return error ? error : cap;
}

static void lines_free(long comp)
{
	struct acpi_route route;
	volatile uint32_t *ioapic;

	for (unsigned line = 0; line < LINES; line++) {
		if (dev_line_owner[line] != comp)
			continue;
		dev_line_owner[line] = 0;
		ioapic = line_route(line, &route) ? NULL
						  : map_physical(route.ioapic_paddr, COS_PAGE_SIZE);
		if (ioapic)
			ioapic_mask(ioapic, route.pin);
	}
}

long dev_comp_stop(long comp)
{
	if (!own_has_role(image(), cos_client(), COMPONENT_REBOOT))
		return -COS_EPERM;
	if (comp <= 0)
		return -COS_EINVAL;
	cos_mutex_lock(&dev_lock);
	for (struct pci_device *d = dev_bus.first; d; d = d->next) {
		if (d->owner != comp)
			continue;
		d->stopped = true;
		pci_command_clear(&dev_bus, d, PCI_COMMAND_MASTER);
		pci_command_set(&dev_bus, d, PCI_COMMAND_NO_INTX);
		dma_stop(d);
	}
	lines_free(comp);
	cos_mutex_unlock(&dev_lock);
	irq_free_all(comp);
	return 0;
}

/* May the caller, which must be reboot, access these ports for component comp? */
static bool port_allowed(long comp, unsigned long port, unsigned long width_bytes)
{
	return own_has_role(image(), cos_client(), COMPONENT_REBOOT) &&
	       port_is_owned(&dev_bus, comp, port, width_bytes);
}

struct cos_pair dev_port_read(long comp, unsigned long port, unsigned long width_bytes)
{
	if (!port_allowed(comp, port, width_bytes))
		return (struct cos_pair){-COS_EPERM, 0};
	return (struct cos_pair){0, port_read((uint16_t)port, (unsigned)width_bytes)};
}

long dev_port_write(long comp, unsigned long port, unsigned long width_bytes, unsigned long value)
{
	if (!port_allowed(comp, port, width_bytes))
		return -COS_EPERM;
	port_write((uint16_t)port, (unsigned)width_bytes, (uint32_t)value);
	return 0;
}

/* The ACPI table of that name; NULL: there is none that can be used. */
static const uint8_t *table_find(const char *name, size_t min_bytes, size_t *len_bytes)
{
	const uint8_t *table = NULL;
	uint64_t paddr;
	long error =
		acpi_table_find(acpi_map, cos_bootinfo()->rsdp, name, min_bytes, &paddr, len_bytes);

	if (!error)
		table = map_physical(paddr, *len_bytes);
	if (error && error != -COS_ENOENT)
		cos_log("dev: the ACPI table %s cannot be used (%ld)\n", name, error);
	return table;
}

long component_init(void)
{
	const uint8_t *dmar;
	size_t dmar_len = 0;
	unsigned n = 0;
	long error = port_init();

	if (error)
		return error;
	dev_bus = (struct pci_bus){.conf = {.read = conf_read, .write = conf_write},
				   .alloc = zeroed_alloc,
				   .window_start = WINDOW_START,
				   .window_end = WINDOW_END};
	error = pci_scan(&dev_bus);
	if (error)
		return error;
	own_assign(&dev_bus, image());
	dev_madt = table_find(ACPI_MADT, ACPI_MADT_MIN, &dev_madt_len);
	if (!dev_madt)
		cos_log("dev: no interrupt routing from ACPI, using a PC's\n");
	for (const struct pci_device *d = dev_bus.first; d; d = d->next, n++)
		if (d->owner)
			cos_log("dev: %02x:%02x.%x %04x:%04x for component %ld\n",
				PCI_BDF_BUS(d->bdf), d->bdf >> 3 & 31, d->bdf & 7, d->vendor,
				d->device, d->owner);
	cos_log("dev: %u PCI functions\n", n);
	dmar = table_find(ACPI_DMAR, DMAR_UNITS, &dmar_len);
	dma_init(&dev_bus, dmar, dmar_len);
	return 0;
}
