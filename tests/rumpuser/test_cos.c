/* SPDX-License-Identifier: BSD-2-Clause */
/* The harness of the conformance suite over the COS host: a component that ends the system with
 * status 0 if all cases passed. */
#include <cos/log.h>
#include <reboot/reboot.h>

#include "conformance.h"

long component_init(void);

long component_init(void)
{
	int failed = 0;

	rumpuser_test_path = "ram:conformance";
	for (size_t i = 0; i < rumpuser_ncases; i++) {
		const char *wrong = rumpuser_cases[i].run();

		if (wrong)
			cos_log("FAIL %s: %s\n", rumpuser_cases[i].name, wrong);
		else
			cos_log("PASS %s\n", rumpuser_cases[i].name);
		failed += wrong != NULL;
	}
	cos_log("conformance: done\n");
	return reboot_system(failed != 0);
}
