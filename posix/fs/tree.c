/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees of posix's own: finding one by a path. */
#include "base/os.h"
#include "fs/tree.h"

const struct synth_ops *tree_of(const char *s)
{
	for (const struct synth_ops *const *tree = synth_trees; *tree; tree++) {
		size_t n = strlen((*tree)->root);

		if (!strncmp(s, (*tree)->root, n) && (s[n] == '/' || s[n] == 0))
			return *tree;
	}
	return NULL;
}
