/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports (port.h). */
#include <cos/abi.h>
#include <cos/cap.h>
#include <cos/syscall.h>

#include "port.h"

#define CAP_PORTS 10 /* boot leaves 10..31 to services (cos/cap.h); console has 11 */
#define PORT_LAST 0xffff

long port_init(void)
{
	return cos_op4(COS_CAP_HW, COS_HW_IOPORT, COS_CAP_CAPTBL, CAP_PORTS, 0, PORT_LAST);
}

uint32_t port_read(uint16_t port, unsigned width_bytes)
{
	struct cos_results results = {.rdi = ~0u};

	cos_op_r(CAP_PORTS, COS_PORT_IN, port, width_bytes, 0, 0, 0, 0, &results);
	return (uint32_t)results.rdi;
}

void port_write(uint16_t port, unsigned width_bytes, uint32_t value)
{
	cos_op3(CAP_PORTS, COS_PORT_OUT, port, width_bytes, value);
}

bool port_is_owned(const struct pci_bus *bus, long owner, unsigned long port,
		   unsigned long width_bytes)
{
	if (owner == 0 || (width_bytes != 1 && width_bytes != 2 && width_bytes != 4))
		return false;
	for (const struct pci_device *d = bus->first; d; d = d->next)
		for (unsigned n = 0; n < PCI_NBARS && d->owner == owner; n++) {
			const struct pci_bar *bar = &d->bar[n];

			if (bar->kind == PCI_BAR_IO && bar->base != 0 && port >= bar->base &&
			    port - bar->base < bar->len_bytes &&
			    width_bytes <= bar->len_bytes - (port - bar->base))
				return true;
		}
	return false;
}
