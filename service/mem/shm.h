/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers shared between domains, at one address in all of them (slot COS_SLOT_SHARED). A buffer is
 * a run of page-table leaves (granules of 2 MiB), each linked into all of these domains. So a page
 * that one domain touches is present in all of them.
 */
#ifndef MEM_SHM_H
#define MEM_SHM_H

#include "domain.h"

/* A page fault of domain at addr in the shared slot: true when resolved. */
bool shm_fault(struct domain *domain, uint64_t addr);

#endif
