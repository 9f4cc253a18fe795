/* SPDX-License-Identifier: BSD-2-Clause */
/* Working directory and umask: their beginning and end. */
#include "base/os.h"
#include "abi/errno.h"
#include "file/file.h"
#include "fs/context.h"
#include "process/hooks.h"
#include "process/process.h"

static long fs_create(struct process *proc)
{
	struct fs_context *fs = cos_calloc(1, sizeof(*fs));

	if (!fs)
		return -LX_ENOMEM;
	fs->refs = 1;
	fs->umask = 022;
	proc->fs = fs;
	return 0;
}

static void fs_end(struct process *proc)
{
	struct fs_context *fs = proc->fs;

	proc->fs = NULL;
	if (__atomic_sub_fetch(&fs->refs, 1, __ATOMIC_ACQ_REL))
		return;
	if (fs->cwd)
		file_put(fs->cwd);
	cos_free(fs->cwd_path);
	cos_free(fs);
}

const struct process_hooks fs_hooks = {
	.create = fs_create,
	.end = fs_end,
};
