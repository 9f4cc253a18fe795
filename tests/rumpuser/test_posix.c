/* SPDX-License-Identifier: BSD-2-Clause */
/* The harness of the conformance suite over the POSIX host. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conformance.h"

int main(void)
{
	char dir[] = "/tmp/rumpuserXXXXXX", path[64];
	int failed = 0;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/file", dir);
	rumpuser_test_path = path;
	for (size_t i = 0; i < rumpuser_ncases; i++) {
		const char *wrong = rumpuser_cases[i].run();

		if (wrong != NULL)
			printf("FAIL %s: %s\n", rumpuser_cases[i].name, wrong);
		else
			printf("PASS %s\n", rumpuser_cases[i].name);
		failed += wrong != NULL;
	}
	unlink(path);
	rmdir(dir);
	return failed != 0;
}
