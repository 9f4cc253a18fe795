/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that name their interpreter in their first line. */
#ifndef POSIX_EXEC_SCRIPT_H
#define POSIX_EXEC_SCRIPT_H

#include <stdbool.h>

struct exec_args;
struct file;
struct thread;

#define SCRIPT_LINE 256 /* with its NUL, as Linux's BINPRM_BUF_SIZE */

/* "#!interpreter [argument]": true and the two words, in text. */
bool script_line(struct thread *t, struct file *f, char text[SCRIPT_LINE], char **interp,
		 char **arg);
/*
 * argv becomes: interpreter, its argument, the script, the script's arguments. False: out of
 * memory.
 */
bool script_args(struct exec_args *args, const char *interp, const char *arg, const char *path);

#endif
