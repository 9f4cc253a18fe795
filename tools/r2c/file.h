/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files and child processes of the host. What fails says why in errno unless noted.
 */
#ifndef R2C_FILE_H
#define R2C_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "pool.h"

bool file_read(const char *path, struct buffer *contents);
/* Write all of it or nothing: a file beside it is written, then renamed over it. */
bool file_write(const char *path, const void *data, size_t len);
/* As file_write, but a file with these contents already keeps its time of change. */
bool file_update(const char *path, const void *data, size_t len);
/* Close a stream that was written to. False: not all of it is in the file. */
bool file_finish(FILE *stream);
bool file_exists(const char *path);
/* The path of a command, where a shell would find it; NULL: nowhere. */
const char *file_command(struct pool *pool, const char *name);
bool file_is_elf(const char *path); /* by its first four bytes */
bool file_mkdirs(const char *path); /* with its parents */
bool file_copy(const char *from, const char *to);
/* Remove a folder and all in it. */
bool file_remove_tree(const char *path);
/* "a/web.conf" is "web". */
char *file_stem(struct pool *pool, const char *path);
/* path itself when absolute, else under folder. */
char *file_under(struct pool *pool, const char *folder, const char *path);

/*
 * Run argv to its end; what it prints on stdout and stderr goes to output. Its exit status, 128 +
 * signal, or -1: could not be started (not reported).
 */
int command_run(char *const argv[], struct buffer *output);

#endif
