/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls the faulty component until it fails, and checks what is left of the system: this component,
 * the console, the services. Ends the system with status 0 if all of them work.
 */
#include <cos/abi.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/string.h>
#include <console/control.h>
#include <console/program.h>
#include <mem/mem.h>
#include <reboot/system.h>
#include <sched/sched.h>
#include "faulty.h"

static void check(const char *what, long is, long want)
{
	if (is == want)
		return;
	cos_log("witness: %s is %ld, not %ld\n", what, is, want);
	console_fail(0, 0, 0, 0, 0);
	reboot_system(1);
}

long component_init(void)
{
	const char *how = cos_param("HOW"), *text = "after the failure\n";
	long shm;
	uint64_t until_ns;

	cos_log("witness: asking the faulty one to fail, way %s\n", how);
	check("a call that does not fail", faulty_fail(0), 0);
	check("the call that fails", faulty_fail(how[0] - '0'), -COS_EREBOOT);
	check("the call after it", faulty_fail(0), -COS_EREBOOT);
	shm = mem_shm_create(4096);
	check("a shared buffer", shm > 0, 1);
	memcpy((void *)shm, text, strlen(text));
	check("writing", console_write(CONSOLE_STDOUT, (void *)shm, strlen(text)),
	      (long)strlen(text));
	until_ns = cos_now_ns() + 20 * COS_NS_PER_MS;
	while (cos_now_ns() < until_ns)
		sched_park(until_ns);
	cos_log("witness: the rest runs on\n");
	check("ending", console_exit(0), 0);
	reboot_system(0);
	return 0;
}
