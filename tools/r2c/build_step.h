/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A step makes one file of others by a command. It is skipped when nothing has changed that its
 * output depends on. These dependencies are a text, the key, which is kept in OUTPUT.key: the
 * command, and each input file with its size and time. An input that became older counts as
 * changed, too.
 */
#ifndef R2C_BUILD_STEP_H
#define R2C_BUILD_STEP_H

#include <stdbool.h>
#include "pool.h"

struct build_step {
	struct pool *pool;
	const char *output;
	char **argv; /* NULL-terminated by build_step_run */
	size_t argc;
	struct buffer key;
};

void build_step_begin(struct build_step *step, struct pool *pool, const char *output);
void build_step_arg(struct build_step *step, const char *arg);
/* Add a file that the command reads; the second adds it as an argument as well. */
void build_step_input(struct build_step *step, const char *path);
void build_step_arg_input(struct build_step *step, const char *path);
/*
 * Run the command unless the key is unchanged. 0, or the command's exit status (-1: it could not be
 * started). What the command printed is added to log. The output of a command that failed is
 * removed. Ends the step: the key is freed.
 */
int build_step_run(struct build_step *step, struct buffer *log);

#endif
