/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by probe.c and transport.c. */
#ifndef RUMP_DEV_VIRTIO_TRANSPORT_H
#define RUMP_DEV_VIRTIO_TRANSPORT_H

#include "dev/virtio/virtio.h"

/* Find and map the structures of a device; its bus address is filled in. ENODEV, EIO. */
int virtio_pci_find(struct virtio_dev *vd);

#endif
