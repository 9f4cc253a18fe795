/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev: devices of a component that failed, and port I/O on behalf of drivers.
 * Audience: reboot.
 */
#ifndef INTERFACE_DEV_CONTROL_H
#define INTERFACE_DEV_CONTROL_H

#include "interface.h"

/*
 * Component comp was stopped. When this returns, none of its devices reaches memory or interrupts,
 * and its interrupt vectors and lines are free.
 */
COS_INTERFACE long dev_comp_stop(long comp);
/*
 * I/O ports of a device of component comp (its I/O BARs): reboot carries out the in and out
 * instructions of drivers, which trap. v0 = 0, v1 = value; COS_EPERM: no such port.
 */
COS_INTERFACE struct cos_pair dev_port_read(long comp, unsigned long port,
					    unsigned long width_bytes);
COS_INTERFACE long dev_port_write(long comp, unsigned long port, unsigned long width_bytes,
				  unsigned long value);

#endif
