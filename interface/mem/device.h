/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem: device memory, and memory that devices reach.
 * Audience: dev.
 */
#ifndef INTERFACE_MEM_DEVICE_H
#define INTERFACE_MEM_DEVICE_H

#include "interface.h"

/* Device memory into the domain of component comp: its address there. */
COS_INTERFACE long mem_dev_map(long comp, unsigned long paddr, unsigned long len_bytes);

/*
 * Memory that devices of component comp are to reach; comp may be dev itself. COS_EPERM: comp has
 * no device.
 *
 * alloc: zeroed, contiguous, wired, below 4 GiB if below_4g; v0 = address in comp's domain, v1 =
 * physical address. Only mem_dma_free takes it away again, once no device reaches it any more.
 */
COS_INTERFACE struct cos_pair mem_dma_alloc(long comp, unsigned long len_bytes, unsigned long align,
					    long below_4g);
COS_INTERFACE long mem_dma_free(long comp, unsigned long addr, unsigned long len_bytes);
/*
 * Other memory of comp's domain (its image, its heap, a stack): v0 = COS_PG_* that the page at
 * addr, in slot 0, is mapped with, v1 = the physical address of the byte at addr. The page is
 * populated and its frame pinned: once unmapped, the frame is not used again before
 * mem_dma_release. COS_EFAULT: nothing is mapped there.
 */
COS_INTERFACE struct cos_pair mem_dma_pin(long comp, unsigned long addr);
/*
 * Release the pinned, unmapped frame at paddr, which no device reaches any more; paddr 0: release
 * none. v0 = 0, v1 = the next frame that waits for its release; COS_ENOENT: there is none.
 * COS_EINVAL: paddr is not what the last call said.
 */
COS_INTERFACE struct cos_pair mem_dma_release(unsigned long paddr);

#endif
