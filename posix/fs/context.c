/* SPDX-License-Identifier: BSD-2-Clause */
/* Working directory and umask. */
#include "base/os.h"
#include "file/file.h"
#include "fs/context.h"

struct fs_context *fs_create(void)
{
	struct fs_context *fs = cos_calloc(1, sizeof(*fs));

	if (!fs)
		return NULL;
	fs->refs = 1;
	fs->umask = 022;
	return fs;
}

void fs_put(struct fs_context *fs)
{
	if (!fs || __atomic_sub_fetch(&fs->refs, 1, __ATOMIC_ACQ_REL))
		return;
	if (fs->cwd)
		file_put(fs->cwd);
	cos_free(fs->cwd_path);
	cos_free(fs);
}
