/* SPDX-License-Identifier: BSD-2-Clause */
/* Build steps: run, or skipped because the key beside the output is the same. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "build_step.h"

void build_step_begin(struct build_step *step, struct pool *pool, const char *output)
{
	*step = (struct build_step){.pool = pool, .output = output};
}

void build_step_arg(struct build_step *step, const char *arg)
{
	pool_push(step->pool, step->argv, step->argc) = pool_strdup(step->pool, arg);
	buffer_printf(&step->key, "%s\n", arg);
}

void build_step_input(struct build_step *step, const char *path)
{
	struct stat st = {0};

	stat(path, &st);
	buffer_printf(&step->key, "< %s %lld %lld.%09ld\n", path, (long long)st.st_size,
		      (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

void build_step_arg_input(struct build_step *step, const char *path)
{
	build_step_arg(step, path);
	build_step_input(step, path);
}

int build_step_run(struct build_step *step, struct buffer *log)
{
	const char *key_path = pool_printf(step->pool, "%s.key", step->output);
	struct buffer old = {0};
	int status = 0;

	bool same = file_exists(step->output) && file_read(key_path, &old) &&
		    old.len == step->key.len && !memcmp(old.data, step->key.data, old.len);
	buffer_free(&old);
	if (!same) {
		unlink(key_path);
		pool_push(step->pool, step->argv, step->argc) = NULL;
		status = command_run(step->argv, log);
		if (status != 0)
			unlink(step->output);
		else
			file_write(key_path, step->key.data, step->key.len); /* else made again */
	}
	buffer_free(&step->key);
	return status;
}
