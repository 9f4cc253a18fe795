/* SPDX-License-Identifier: BSD-2-Clause */
/* The harness of the conformance suite over the COS host: a component that ends the system with
 * status 0 if all cases passed. */
#include <cos/log.h>
#include <reboot/reboot.h>

#include "cos_cases.h"

long component_init(void);

static long cases_run(const struct rumpuser_case *cases, size_t count)
{
	long failed = 0;

	for (size_t i = 0; i < count; i++) {
		const char *wrong = cases[i].run();

		if (wrong)
			cos_log("FAIL %s: %s\n", cases[i].name, wrong);
		else
			cos_log("PASS %s\n", cases[i].name);
		failed += wrong != NULL;
	}
	return failed;
}

long component_init(void)
{
	long failed;

	rumpuser_test_path = "ram:conformance";
	failed = cases_run(rumpuser_cases, rumpuser_ncases);
	failed += cases_run(cos_cases, cos_ncases);
	cos_log("conformance: done\n");
	return reboot_system(failed != 0);
}
