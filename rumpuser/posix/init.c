/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>

struct rumpuser_hyperup rumpuser__hyp;

int rumpuser_init(int version, const struct rumpuser_hyperup *hyp)
{
	if (version != RUMPUSER_VERSION) {
		fprintf(stderr, "rumpuser: the kernel speaks version %d, this host %d\n", version,
			RUMPUSER_VERSION);
		return 1;
	}
	rumpuser__hyp = *hyp;
	return 0;
}

void rumpuser_seterrno(int error)
{
	errno = error;
}

/* Components are linked in; there is nothing to load. */
void rumpuser_dl_bootstrap(rump_modinit_fn modinit, rump_symload_fn symload,
			   rump_compload_fn compload)
{
	(void)modinit;
	(void)symload;
	(void)compload;
}

int rumpuser_daemonize_begin(void)
{
	return RUMP_ENOSYS;
}

int rumpuser_daemonize_done(int error)
{
	(void)error;
	return RUMP_ENOSYS;
}
