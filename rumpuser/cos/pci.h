/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the PCI hypercalls. */
#ifndef RUMPUSER_COS_PCI_H
#define RUMPUSER_COS_PCI_H

/* The number that dev has for the device with that address, or -COS_ENODEV. */
long pci_device_find(unsigned bus, unsigned dev, unsigned fun);

#endif
