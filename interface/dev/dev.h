/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev: the PCI bus. A component sees only the devices that the composition gives to it, numbered from 0 in
 * the order of bus, device, function; anything else is COS_ENODEV. Configuration registers of bridges, BARs and MSI-X
 * tables are dev's: writes by a driver to BARs and the MSI-X control are refused (COS_EPERM).
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
 * A legacy ISA line (serial): likewise, for the component named console (COS_EPERM). COS_EEXIST: bound already;
 * COS_ENOSYS: firmware says that the line is level-triggered.
 */
COS_INTERFACE long dev_isa_irq_bind(long line);

#endif
