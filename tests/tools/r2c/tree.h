/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small tree in a temporary folder, as r2c sees one: interfaces, component objects, libcos'
 * domain.o.
 */
#ifndef TESTS_R2C_TREE_H
#define TESTS_R2C_TREE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "pool.h"

struct tree {
	struct pool pool;
	char *top;
	char *reported; /* what r2c has reported since tree_report */
	size_t reported_len;
	void *stream;
};

/* With kernel/include and libcos/include of the real one (the working directory), boot, mem and
 * sched. */
void tree_make(struct tree *tree);
void tree_free(struct tree *tree);
/* Write a file, its folders too; its path. */
const char *tree_file(struct tree *tree, const char *path, const char *text);
/* A header of interfaces with that text, which is for that audience. */
void tree_interface(struct tree *tree, const char *path, const char *audience, const char *text);
/*
 * Component name: an object that defines and uses functions, words with one space between; "~f"
 * uses f weakly. component_init is defined unless defines has "-".
 */
void tree_component(struct tree *tree, const char *name, const char *defines, const char *uses);
/* Everything reported from now on is kept for tree_reported. */
void tree_report(struct tree *tree);
const char *tree_reported(struct tree *tree);

/*
 * The tree of a test, which is there, with what is reported kept, from tree_setup to tree_teardown.
 */
extern struct tree tree;
int tree_setup(void **state);
int tree_teardown(void **state);

#endif
