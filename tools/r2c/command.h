/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of r2c. Each gets its name and the arguments behind it, and returns r2c's exit
 * status.
 */
#ifndef R2C_COMMAND_H
#define R2C_COMMAND_H

#include <stdio.h>

/* What every command knows. */
struct r2c {
	const char *top; /* of the tree: the folder of the executable */
};

struct command {
	const char *name;
	const char *summary;
	const char *help;
	int (*run)(const struct r2c *r2c, int argc, char **argv); /* argv[0]: the command's name */
};

extern const struct command command_build;
extern const struct command command_run_system;
extern const struct command command_inspect;

/* Print the command's help: asked for it (stdout, 0), or called wrongly (stderr, STATUS_USAGE). */
int command_help(const struct command *command);
int command_usage(const struct command *command);

#endif
