/* SPDX-License-Identifier: BSD-2-Clause */
/* What devices reach of memory: dma.c. */
#ifndef SERVICE_DEV_DMA_H
#define SERVICE_DEV_DMA_H

#include "pci.h"

/*
 * Find the IOMMUs by the DMAR table (dmar; NULL: there is none) and let each device reach its
 * owner's memory, of which there is none yet. Says in the log whether DMA is confined.
 */
void dma_init(struct pci_bus *bus, const uint8_t *dmar, size_t len_bytes);
/* The device reaches nothing any more. Called with dev's lock held. */
void dma_stop(const struct pci_device *d);

#endif
