/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start of a component that is a rump kernel: start it, then attach disks and configure its
 * network.
 */
#include <cos/abi.h>
#include <rump/rump.h>

#include "disks.h"
#include "rumpuser/cos/hyp.h"
#include "netconfig.h"
#include "server.h"

long component_init(void);

static bool ready;

bool server_ready(void)
{
	return __atomic_load_n(&ready, __ATOMIC_ACQUIRE);
}

long component_init(void)
{
	int error = rump_init();

	if (error) {
		cos_log("rump_init failed (%d)\n", error);
		return -COS_EINVAL;
	}
	__atomic_store_n(&ready, true, __ATOMIC_RELEASE);
	disks_attach();
	netconfig_apply();
	return 0;
}
