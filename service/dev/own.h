/* SPDX-License-Identifier: BSD-2-Clause */
/* Which component each device was given to, by the image's table of devices. */
#ifndef SERVICE_DEV_OWN_H
#define SERVICE_DEV_OWN_H

#include <boot/image.h>

#include "pci.h"

/* Set the owner of each device. Logs a device that the table names and the bus does not have. */
void own_assign(struct pci_bus *bus, const struct image_header *image);
/* The n-th device of a component, from 0; NULL. */
struct pci_device *own_device(const struct pci_bus *bus, long owner, long n);
/* Does the component of that id have this role? */
bool own_has_role(const struct image_header *image, long id, enum component_role role);

#endif
