/* SPDX-License-Identifier: BSD-2-Clause */
/* The start of a component that is a rump kernel. */
#include <cos/abi.h>
#include <rump/rump.h>

#include "disks.h"
#include "hyp.h"
#include "netconfig.h"

long component_init(void);

long component_init(void)
{
	int error = rump_init();

	if (error) {
		cos_log("rump_init failed (%d)\n", error);
		return -COS_EINVAL;
	}
	disks_attach();
	netconfig_apply();
	return 0;
}
