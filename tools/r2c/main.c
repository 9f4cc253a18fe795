/* SPDX-License-Identifier: BSD-2-Clause */
/* The command r2c: finds the command that its first argument names, and its own folder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "report.h"

#define VERSION "0.1"

static const struct command *const commands[] = {&command_build, &command_run_system,
						 &command_inspect};
#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

int command_help(const struct command *command)
{
	printf("%s", command->help);
	return fflush(stdout) == 0 ? 0 : 1;
}

int command_usage(const struct command *command)
{
	fprintf(stderr, "Try: r2c %s --help\n", command->name);
	return STATUS_USAGE;
}

static void usage(FILE *stream)
{
	fprintf(stream, "r2c composes, bakes and runs systems of rump kernels on COS.\n\n"
			"Usage: r2c COMMAND [OPTION...] ARGUMENT...\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(stream, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(stream,
		"\nr2c COMMAND --help says more about a command, docs/composition.md about\n"
		"composition files. r2c --version prints the version.\n");
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* The folder that r2c lies in. */
static char *top_find(void)
{
	char *path = realpath("/proc/self/exe", NULL);
	char *slash = path ? strrchr(path, '/') : NULL;

	if (!slash) {
		report("cannot find the folder of r2c: %s", strerror(errno));
		exit(STATUS_SYSTEM_FAILED);
	}
	slash[slash == path] = 0;
	return path;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "--version")) {
		printf("r2c %s\n", VERSION);
		return 0;
	}
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
		const struct command *about = argc > 2 ? command_find(argv[2]) : NULL;
		if (about)
			return command_help(about);
		usage(stdout);
		return 0;
	}
	const struct command *command = command_find(name);
	if (!command) {
		if (*name)
			fprintf(stderr, "r2c: no command \"%s\"\nTry: r2c --help\n", name);
		else
			usage(stderr);
		return STATUS_USAGE;
	}
	char *top = top_find();
	struct r2c r2c = {top};
	int status = command->run(&r2c, argc - 1, argv + 1);
	free(top);
	if ((fflush(stdout) == 0 && !ferror(stdout)) || status)
		return status;
	report("cannot write standard output: %s", strerror(errno));
	return STATUS_SYSTEM_FAILED;
}
