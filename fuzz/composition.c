/* SPDX-License-Identifier: BSD-2-Clause */
/* Composition files: read, or reported; nothing else may happen. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../tools/r2c/compose/composition.h"
#include "../tools/r2c/report.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char path[64];
static int file = -1;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	FILE *nowhere = fopen("/dev/null", "w");

	(void)argc;
	(void)argv;
	file = memfd_create("fuzz.conf", 0);
	if (file < 0 || !nowhere)
		abort();
	report_to(nowhere);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct composition conf;

	if (ftruncate(file, 0) < 0 || pwrite(file, data, len, 0) != (ssize_t)len)
		abort();
	composition_read(&conf, path);
	composition_free(&conf);
	return 0;
}
