/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that gdb is started with (docs/debugging.md): what gdb/cos.py has to know of the system.
 */
#include <errno.h>
#include <string.h>
#include "file.h"
#include "gdb_script.h"
#include "report.h"

/* Text as a string of Python's. */
static void quote(struct buffer *out, const char *text)
{
	buffer_add(out, "'", 1);
	for (; *text; text++)
		buffer_printf(out, "%s%c", strchr("\\'", *text) ? "\\" : "", *text);
	buffer_add(out, "'", 1);
}

bool gdb_script_write(struct sys *sys, const char *kernel, const char *port)
{
	struct pool *pool = &sys->pool;
	const char *folder = pool_printf(pool, "%s/build/system/%s", sys->top, sys->conf->name);
	const char *path = pool_printf(pool, "%s/gdb", folder);
	struct buffer out = {0};

	buffer_printf(
		&out,
		"# Written by r2c run --gdb.\npython\ncos_system = {'port': %s, 'kernel': ", port);
	quote(&out, kernel);
	buffer_printf(&out, ", 'domains': {");
	for (size_t i = 0; i < sys->ndomains; i++) {
		quote(&out, sys->domain[i].name);
		buffer_printf(&out, ": ");
		quote(&out, pool_printf(pool, "%s/%s.elf", folder, sys->domain[i].name));
		buffer_printf(&out, ", ");
	}
	buffer_printf(&out, "}, 'components': {");
	for (size_t i = 0; i < sys->ncomponents; i++) {
		buffer_printf(&out, "%zu: (", sys->component[i].id);
		quote(&out, sys->component[i].name);
		buffer_printf(&out, ", ");
		quote(&out, sys->domain[sys->component[i].domain].name);
		buffer_printf(&out, "), ");
	}
	buffer_printf(&out, "}}\nend\nsource %s/tools/r2c/debug/gdb/cos.py\n", sys->top);
	bool ok = file_write(path, out.data, out.len);
	if (ok)
		report("stopped, waiting for a debugger: gdb -x %s", path);
	else
		report_at(path, 0, "cannot write: %s", strerror(errno));
	buffer_free(&out);
	return ok;
}
