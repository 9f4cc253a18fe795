/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA memory of the PCI hypercalls, the same on both hosts: it comes from the arena (alloc.h). */
#include <rump/errno.h>

#include "alloc.h"
#include "rumpcomp_pci.h"

void rumpcomp_pci_dmafree(unsigned long vacookie, size_t len_bytes)
{
	arena_free((void *)vacookie, len_bytes);
}

/*
 * The memory is mapped already, and no call would unmap it. Several segments can therefore only be
 * mapped together if they are adjacent, as parts of one allocation are.
 */
int rumpcomp_pci_dmamem_map(struct rumpcomp_pci_dmaseg *segs, size_t nsegs, size_t total_bytes,
			    void **vap)
{
	size_t have = 0;

	if (nsegs == 0)
		return RUMP_EINVAL;
	for (size_t i = 0; i < nsegs && have < total_bytes; i++) {
		if (segs[i].ds_vacookie != segs[0].ds_vacookie + have)
			return RUMP_EOPNOTSUPP;
		have += segs[i].ds_len;
	}
	if (have < total_bytes)
		return RUMP_EINVAL;
	*vap = (void *)segs[0].ds_vacookie;
	return 0;
}
