/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports: dev has all of them. */
#ifndef SERVICE_DEV_PORT_H
#define SERVICE_DEV_PORT_H

#include "pci.h"

/* Get the ports. Negative COS_E*. */
long port_init(void);
uint32_t port_read(uint16_t port, unsigned width_bytes);
void port_write(uint16_t port, unsigned width_bytes, uint32_t value);
/* Do these ports all lie in one I/O BAR of a device of that owner? */
bool port_is_owned(const struct pci_bus *bus, long owner, unsigned long port,
		   unsigned long width_bytes);

#endif
