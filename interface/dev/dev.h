/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev: the PCI bus. A component sees only the devices that the composition gives to it, numbered from 0 in
 * the order of bus, device, function; anything else is COS_ENODEV. Configuration registers of bridges, BARs and MSI-X
 * tables are dev's: writes by a driver to the MSI-X control are refused (COS_EPERM), and to BARs, but for what tells
 * their length (ones, then the address again: PCI 3.0, 6.2.5.1).
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
 * Memory BAR into the caller's domain: v0 = address, v1 = length; the same again at the next call. COS_EINVAL: no such
 * memory BAR; COS_ENOMEM: it has no address; COS_EPERM: a page of it shows another component's device. Of a BAR that
 * also holds the MSI-X table only the pages before the table are mapped (after it, if it is at the start).
 */
COS_INTERFACE struct cos_pair dev_bar_map(long dev, long bar);
/* How many MSI-X entries the device has. */
COS_INTERFACE long dev_msix_count(long dev);
/*
 * Entry msix of the device interrupts the calling thread: the result is a receive end-point in the
 * caller's captbl, on which that thread does COS_ARCV_WAIT (libcos: cos_arcv_wait). The thread must be one of the
 * component's own (not a visitor).
 */
COS_INTERFACE long dev_irq_bind(long dev, long msix);
/*
 * The device's interrupt line (INTA# and so on), for drivers that know no messages: likewise. One thread serves
 * a line, however many devices are on it, and with edges only: it calls the handlers of all of its devices on the line
 * until PCI_STATUS says of none that it interrupts (PCI 3.0, 6.2.3, bit 3), before it waits for the first time
 * and after each event. COS_EEXIST: a thread of the caller's serves the line already; COS_EBUSY: another component's
 * does; COS_ENODEV: the device has no line.
 */
COS_INTERFACE long dev_intx_bind(long dev);
/* A number that the devices on one line have in common. COS_ENODEV: the device has none. */
COS_INTERFACE long dev_intx_line(long dev);
/*
 * Memory that the caller's devices reach by its machine address. Behind an IOMMU they reach nothing else: any other
 * access is refused, and the log says so. Without one (the log says that, too) they reach all there is.
 *
 * alloc: zeroed, contiguous, wired, below 4 GiB if below_4g; v0 = address in the caller's domain, v1 = machine address. free: what alloc
 * gave, all of it (COS_EINVAL). COS_EPERM: the composition gave the component no device.
 */
COS_INTERFACE struct cos_pair dev_dma_alloc(unsigned long len_bytes, unsigned long align,
					    long below_4g);
COS_INTERFACE long dev_dma_free(unsigned long addr, unsigned long len_bytes);
/*
 * Other memory of the caller's domain (its image, its heap, a stack): v0 = 0, v1 = the machine address of the byte at addr in
 * slot 0. The devices reach its page from now on, as long as it is mapped; to write only if the caller may now. COS_EFAULT: nothing
 * is there; COS_EPERM: as above.
 */
COS_INTERFACE struct cos_pair dev_dma_addr(unsigned long addr);
/*
 * For reboot: component comp was stopped. From the return on none of its devices reaches memory or interrupts,
 * and its interrupt vectors and lines are free.
 */
COS_INTERFACE long dev_comp_stop(long comp);
/*
 * I/O ports of a device of component comp (its I/O BARs), for the reboot service, which carries out the in and out
 * instructions of drivers that have them. v0 = 0, v1 = value; COS_EPERM: not such a port.
 */
COS_INTERFACE struct cos_pair dev_port_read(long comp, unsigned long port,
					    unsigned long width_bytes);
COS_INTERFACE long dev_port_write(long comp, unsigned long port, unsigned long width_bytes,
				  unsigned long value);
/*
 * A legacy ISA line (serial): likewise, for the component named console (COS_EPERM). COS_EEXIST: bound already;
 * COS_ENOSYS: firmware says that the line is level-triggered.
 */
COS_INTERFACE long dev_isa_irq_bind(long line);
/*
 * For console: text in the kernel's log is an event of the calling thread, likewise. COS_EPERM: another component;
 * COS_ENOMEM: a thread has it already.
 */
COS_INTERFACE long dev_log_bind(void);

#endif
