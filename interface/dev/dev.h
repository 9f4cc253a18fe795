/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev: the PCI bus. A component sees only the devices that the composition gives to it, numbered from 0 in
 * the order of bus, device, function; anything else is COS_ENODEV. Configuration registers of bridges, BARs,
 * interrupt lines and MSI-X tables are dev's: writes by a driver to them and the MSI-X control are refused (COS_EPERM).
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
/* What BAR bar is: v0 = DEV_BAR_*, v1 = its length in bytes. COS_EINVAL: no such BAR. */
#define DEV_BAR_NONE 0
#define DEV_BAR_MEM32 1
#define DEV_BAR_MEM64 2 /* the next one is its upper half, DEV_BAR_NONE */
#define DEV_BAR_IO 3
COS_INTERFACE struct cos_pair dev_bar_info(long dev, long bar);
/* How many MSI-X entries the device has. */
COS_INTERFACE long dev_msix_count(long dev);
/*
 * Entry msix of the device interrupts the calling thread: the result is a receive end-point in the
 * caller's captbl, on which that thread does COS_ARCV_WAIT (libcos: cos_arcv_wait). The thread must be one of the
 * component's own (not a visitor).
 */
COS_INTERFACE long dev_irq_bind(long dev, long msix);
/*
 * The interrupt line (INTx) of the device interrupts the calling thread: likewise. An event says that the line was
 * asserted, once however long it stays so: who waits must look at the devices on it (bit 3 of their status registers) until
 * none asserts it. All that a component has on one line is bound by one call. COS_EINVAL: the device has no line;
 * COS_EEXIST: the line is bound already, perhaps by another component's device.
 */
COS_INTERFACE long dev_line_bind(long dev);
/*
 * For reboot, about component comp, which tried to: read (v1 = value) or write an I/O port in a BAR of one of its devices.
 * COS_EPERM: none of its ports, or the caller is not reboot.
 */
COS_INTERFACE struct cos_pair dev_port(long comp, unsigned long port, unsigned long width_bytes, long write,
				       unsigned long value);
/*
 * A legacy ISA line (serial): likewise, for the component named console (COS_EPERM). COS_EEXIST: bound already;
 * COS_ENOSYS: firmware says that the line is level-triggered.
 */
COS_INTERFACE long dev_isa_irq_bind(long line);

#endif
