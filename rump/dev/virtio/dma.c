/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that devices read and write: allocation, and kernel memory as segments. */
#include "kern/string.h"

#include "dev/virtio/virtio.h"
#include "rumpcomp_pci.h"

#define PAGE 4096ul

void *virtio_dma_alloc(size_t len, unsigned long *pa, unsigned long *cookie)
{
	struct rumpcomp_pci_dmaseg seg;
	void *mem;

	if (rumpcomp_pci_dmalloc(len, PAGE, &seg.ds_pa, &seg.ds_vacookie) != 0)
		return NULL;
	seg.ds_len = len;
	if (rumpcomp_pci_dmamem_map(&seg, 1, len, &mem) != 0) {
		rumpcomp_pci_dmafree(seg.ds_vacookie, len);
		return NULL;
	}
	*pa = seg.ds_pa;
	*cookie = seg.ds_vacookie;
	return mem;
}

void virtio_dma_free(unsigned long cookie, size_t len)
{
	rumpcomp_pci_dmafree(cookie, len);
}

unsigned virtio_dma_map(void *mem, size_t len, struct virtio_seg *seg, unsigned max,
			uint32_t seg_max)
{
	uintptr_t va = (uintptr_t)mem;
	unsigned n = 0;

	while (len != 0) {
		unsigned long pa = rumpcomp_pci_virt_to_mach((void *)va);
		size_t k = PAGE - (va & (PAGE - 1));

		if (pa == 0)
			return 0;
		if (k > len)
			k = len;
		va += k;
		len -= k;
		if (n != 0 && seg[n - 1].vs_pa + seg[n - 1].vs_len == pa) {
			size_t room = seg_max - seg[n - 1].vs_len, j = k < room ? k : room;

			seg[n - 1].vs_len += (uint32_t)j;
			pa += j;
			k -= j;
		}
		while (k != 0) {
			size_t j = k < seg_max ? k : seg_max;

			if (n == max)
				return 0;
			seg[n++] = (struct virtio_seg){pa, (uint32_t)j};
			pa += j;
			k -= j;
		}
	}
	return n;
}
