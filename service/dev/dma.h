/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that devices reach; see dma.c. */
#ifndef SERVICE_DEV_DMA_H
#define SERVICE_DEV_DMA_H

#include "pci.h"

/*
 * Find the IOMMUs by the DMAR table (dmar; NULL: there is none) and attach each device to its
 * owner's table, which is still empty. Logs whether DMA is confined.
 */
void dma_init(struct pci_bus *bus, const uint8_t *dmar, size_t len_bytes);
/* Let the device reach no memory any more. dev_lock is held. */
void dma_stop(const struct pci_device *d);

#endif
