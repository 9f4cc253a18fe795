/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev: the PCI bus, for drivers. A component sees only the devices that the composition gives to
 * it, numbered from 0 in the order of bus, device, function; any other number is COS_ENODEV.
 * Audience: drivers.
 *
 * Configuration registers of bridges, BARs and MSI-X tables belong to dev. A driver's write to the
 * MSI-X control is refused (COS_EPERM). So is one to a BAR, except the two that tell its length
 * (ones, then the address again: PCI 3.0, 6.2.5.1).
 */
#ifndef INTERFACE_DEV_H
#define INTERFACE_DEV_H

#include "interface.h"

COS_INTERFACE long dev_count(void);
/* v0 = vendor | device << 16, v1 = bus << 8 | device << 3 | function. */
COS_INTERFACE struct cos_pair dev_id(long dev);
COS_INTERFACE long dev_conf_read(long dev, unsigned long reg, unsigned long width_bytes);
COS_INTERFACE long dev_conf_write(long dev, unsigned long reg, unsigned long width_bytes,
				  unsigned long value);
/*
 * Map a memory BAR into the caller's domain: v0 = address, v1 = length; the same at each call.
 * COS_EINVAL: no such memory BAR; COS_ENOMEM: it has no address; COS_EPERM: one of its pages shows
 * another component's device. Of a BAR that also holds the MSI-X table only the pages before the
 * table are mapped (the pages after it, if the table is at the start).
 */
COS_INTERFACE struct cos_pair dev_bar_map(long dev, long bar);
/* The number of MSI-X entries that the device has. */
COS_INTERFACE long dev_msix_count(long dev);
/*
 * Let entry msix of the device interrupt the calling thread: the result is a receive end-point in
 * the caller's captbl, on which that thread does COS_ARCV_WAIT (libcos: cos_arcv_wait). The thread
 * must be one of the component's own, not a visitor.
 */
COS_INTERFACE long dev_irq_bind(long dev, long msix);
/*
 * The same for the device's interrupt line (INTA# and so on), for drivers that know no messages.
 * One thread serves a line, however many devices share it. Lines are edge-triggered here. So the
 * thread calls the handlers of all its devices on the line until PCI_STATUS shows none of them
 * interrupting (PCI 3.0, 6.2.3, bit 3). It does that before it first waits, and after each event.
 * COS_EEXIST: a thread of the caller serves the line already; COS_EBUSY: another component's thread
 * does; COS_ENODEV: the device has no line.
 */
COS_INTERFACE long dev_intx_bind(long dev);
/* A number that devices on the same line have in common. COS_ENODEV: the device has no line. */
COS_INTERFACE long dev_intx_line(long dev);

/*
 * Memory that the caller's devices reach by its machine address. Behind an IOMMU they reach nothing
 * else: any other access is refused and logged. Without an IOMMU (the log says so) they reach all
 * memory.
 *
 * alloc: zeroed, contiguous, wired, below 4 GiB if below_4g; v0 = address in the caller's domain,
 * v1 = machine address. free: what alloc gave, the whole of it (COS_EINVAL). COS_EPERM: the
 * composition gave the component no device.
 */
COS_INTERFACE struct cos_pair dev_dma_alloc(unsigned long len_bytes, unsigned long align,
					    long below_4g);
COS_INTERFACE long dev_dma_free(unsigned long addr, unsigned long len_bytes);
/*
 * Other memory of the caller's domain (its image, its heap, a stack): v0 = 0, v1 = the machine
 * address of the byte at addr in slot 0. The devices reach its page from now on, as long as it is
 * mapped; they may write to it only if the caller may at the time of this call. COS_EFAULT: nothing
 * is mapped there; COS_EPERM: as above.
 */
COS_INTERFACE struct cos_pair dev_dma_addr(unsigned long addr);

#endif
