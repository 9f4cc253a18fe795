/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A step that makes one file of others by a command, and is left out when nothing that it depends
 * on has changed. What it depends on is written down as text, its key, in OUTPUT.key: the command,
 * and each input file with its size and time. So an input that became older counts as changed as
 * well.
 */
#ifndef HOST_STEP_H
#define HOST_STEP_H

#include <stdbool.h>
#include "pool.h"

struct step {
	struct pool *pool;
	const char *output;
	char **argv; /* NULL-terminated by step_run */
	size_t argc;
	struct buffer key;
};

void step_begin(struct step *step, struct pool *pool, const char *output);
void step_arg(struct step *step, const char *arg);
/* A file that the command reads, and whether it is an argument too. */
void step_input(struct step *step, const char *path);
void step_arg_input(struct step *step, const char *path);
/*
 * Run it if need be. 0, or the command's exit status (-1: could not be started); log: what it
 * printed. The output of a command that failed is removed. Ends the step: its key is freed.
 */
int step_run(struct step *step, struct buffer *log);

#endif
