/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The object of a component and NetBSD's librump*.a become one relocatable object, which then is
 * treated as any component's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"
#include "netbsd.h"
#include "report.h"
#include "build_step.h"

#define PREFIX "RUMP_PREFIX"

static const char *prefix_get(const struct sys *sys, const struct sys_component *c)
{
	const char *prefix = getenv(PREFIX);

	if (prefix && *prefix)
		return prefix;
	report_at(sys->conf->file, c->conf->rump.line,
		  "component \"%s\": rump = \"netbsd\" expects NetBSD's librump*.a: set " PREFIX
		  " to the folder that has lib/ and include/rump/ (docs/netbsd.md)",
		  c->name);
	return NULL;
}

static const char *library_path(struct sys *sys, const char *prefix, const struct conf_word *word)
{
	return pool_printf(&sys->pool, "%s/lib/lib%s.a", prefix, word->text);
}

static bool libraries_check(struct sys *sys, const struct sys_component *c, const char *prefix)
{
	bool ok = true;

	for (size_t i = 0; i < c->conf->libraries.n; i++) {
		const struct conf_word *word = &c->conf->libraries.word[i];
		const char *path = library_path(sys, prefix, word);

		if (file_exists(path))
			continue;
		report_at(sys->conf->file, word->line, "library \"%s\": expected %s, by " PREFIX,
			  word->text, path);
		ok = false;
	}
	return ok;
}

bool netbsd_link(struct sys *sys, struct sys_component *c)
{
	struct pool *pool = &sys->pool;
	const char *folder = pool_printf(pool, "%s/build/system/%s", sys->top, sys->conf->name);
	const char *output = pool_printf(pool, "%s/%s.netbsd.o", folder, c->name);
	const char *prefix = prefix_get(sys, c);
	struct buffer log = {0};
	struct build_step step;

	bool ok = true;

	if (!prefix || !libraries_check(sys, c, prefix))
		return false;
	if (!file_mkdirs(folder)) {
		report("%s: cannot make the folder: %s", folder, strerror(errno));
		return false;
	}
	build_step_begin(&step, pool, output);
	build_step_arg(&step, "ld");
	build_step_arg(&step, "-r");
	build_step_arg(&step,
		       "-d"); /* common symbols get their place, so that they can be made local */
	build_step_arg(&step, "-o");
	build_step_arg(&step, output);
	build_step_arg_input(&step, c->object_path);
	build_step_arg(&step, "--whole-archive");
	for (size_t i = 0; i < c->conf->libraries.n; i++)
		build_step_arg_input(&step, library_path(sys, prefix, &c->conf->libraries.word[i]));
	if (build_step_run(&step, &log) != 0) {
		report_at(sys->conf->file, c->conf->rump.line,
			  "component \"%s\": linking NetBSD's libraries failed: %s", c->name,
			  log.len ? log.data : strerror(errno));
		ok = false;
	}
	c->object_path = output;
	buffer_free(&log);
	return ok;
}
