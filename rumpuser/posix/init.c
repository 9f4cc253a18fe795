/* SPDX-License-Identifier: BSD-2-Clause */
/* The upcalls, and what has to be done before the rump kernel's first thread. */
#include "hyp.h"

#include <errno.h>

#include "vfio.h"

struct rumpuser_hyperup rumpuser__hyp;

int rumpuser_init(int version, const struct rumpuser_hyperup *hyp)
{
	if (version != RUMPUSER_VERSION) {
		fprintf(stderr,
			"rumpuser: the kernel uses version %d of the hypercalls, this host has "
			"%d\n",
			version, RUMPUSER_VERSION);
		return 1;
	}
	rumpuser__hyp = *hyp;
	return errno_to_netbsd(pci_claim());
}

void rumpuser_seterrno(int error)
{
	errno = error;
}
