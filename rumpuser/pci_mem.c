/* SPDX-License-Identifier: BSD-2-Clause */
/* What of memory for DMA is the same on both hosts: it is the arena's (alloc.h). */
#include <rump/errno.h>

#include "alloc.h"
#include "rumpcomp_pci.h"

void rumpcomp_pci_dmafree(unsigned long vacookie, size_t len_bytes)
{
	arena_free((void *)vacookie, len_bytes);
}

/*
 * Memory is mapped already, and there is no call that would unmap it: so several segments can only
 * be had if they lie one behind the other, as parts of one allocation do.
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
