/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of the host that is to run in a system: found, looked at, and put into the ext2 image
 * that the system sees as /.
 */
#ifndef R2C_RUN_PROGRAM_H
#define R2C_RUN_PROGRAM_H

#include <stdbool.h>
#include "pool.h"

struct program {
	const char *host_path; /* absolute; NULL: it is on a disk already */
	const char *path;      /* in the system */
	bool in_root;	       /* --root has it already */
	const char *dns;       /* the name server for its resolver, or NULL */
};

/*
 * Find name as a shell does and check that it is a static x86-64 executable. root: the folder that
 * the system will see as /, or NULL. 0, or the exit status that a shell would give (126, 127),
 * reported.
 */
int program_find(struct program *program, struct pool *pool, const char *name, const char *root);

/*
 * Make the ext2 image: what is in root, or without root a skeleton of folders, and the program.
 * folder is for temporary files. False: reported.
 */
bool program_image(const struct program *program, struct pool *pool, const char *root,
		   const char *folder, const char *image);

#endif
