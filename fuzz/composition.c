/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Composition files: read, or reported; nothing else may happen. What was read has a line of the
 * file.
 */
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

static void line_check(int line, int lines)
{
	if (line < 1 || line > lines)
		abort();
}

static void lines_check(const struct composition *conf, int lines)
{
	for (size_t i = 0; i < conf->ndomains; i++) {
		const struct conf_domain *domain = &conf->domain[i];

		line_check(domain->line, lines);
		for (size_t j = 0; j < domain->components.n; j++)
			line_check(domain->components.word[j].line, lines);
	}
	for (size_t i = 0; i < conf->nmounts; i++)
		line_check(conf->mount[i].type.line, lines);
	for (size_t i = 0; i < conf->nprograms; i++)
		line_check(conf->program[i].line, lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct composition conf;
	int lines = 1;

	if (ftruncate(file, 0) < 0 || pwrite(file, data, len, 0) != (ssize_t)len)
		abort();
	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	if (composition_read(&conf, path))
		lines_check(&conf, lines);
	composition_free(&conf);
	return 0;
}
