/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the ender end, and checks what a caller sees. Ends the system with status 0 if all checks
 * passed.
 */
#include <cos/abi.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/param.h>
#include <reboot/reboot.h>
#include <reboot/system.h>

#include "ender.h"

long component_init(void);

static void check(const char *what, long is, long want)
{
	if (is == want)
		return;
	cos_log("ender_client: %s is %ld, not %ld\n", what, is, want);
	reboot_system(1);
}

long component_init(void)
{
	const char *how = cos_param("HOW");

	check("a call that does not end it", ender_end(9), 9);
	check("the call that ends it", ender_end(how[0] - '0'), -COS_EREBOOT);
	check("the call after it", ender_end(9), -COS_EREBOOT);
	/* It answers once it has reported. */
	check("this component's state", reboot_status(cos_component_id()).v0, 1);
	cos_log("ender_client: the rest runs on\n");
	reboot_system(0);
	return 0;
}
