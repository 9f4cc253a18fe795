/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of headers that begin with COS_INTERFACE, each up to its semicolon, and the line that
 * names a header's audience. No C is parsed beyond that.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <string.h>
#include "file.h"
#include "interface.h"
#include "report.h"

#define MARKER "COS_INTERFACE"
#define AUDIENCE "\n * Audience: "
#define PARAMS_MAX 6 /* the registers of an invocation (cos/abi.h) */

/* The number of parameters between two parentheses. */
static int params_count(const char *from, const char *to)
{
	int n = 1;

	while (from < to && isspace((unsigned char)*from))
		from++;
	if (from == to || (to - from == 4 && !strncmp(from, "void", 4)))
		return 0;
	for (; from < to; from++)
		n += *from == ',';
	return n;
}

/* One declaration, from behind the marker to its semicolon. */
static bool function_parse(struct function *f, struct pool *pool, const char *text, const char *end)
{
	const char *open = memchr(text, '(', (size_t)(end - text));
	const char *close = end;

	while (close > text && close[-1] != ')')
		close--;
	if (!open || close <= open) {
		report_at(f->file, f->line, "expected a function declaration");
		return false;
	}
	const char *name_end = open, *name;
	while (name_end > text && isspace((unsigned char)name_end[-1]))
		name_end--;
	for (name = name_end; name > text && (isalnum((unsigned char)name[-1]) || name[-1] == '_');)
		name--;
	f->name = pool_strndup(pool, name, (size_t)(name_end - name));
	f->nparams = params_count(open + 1, close - 1);
	const char *result = pool_strndup(pool, text, (size_t)(name - text));
	f->pair = strstr(result, "struct cos_pair") != NULL;
	if (!*f->name || (!f->pair && !strstr(result, "long")) || strchr(result, '*')) {
		report_at(f->file, f->line,
			  "expected a function that returns long or struct cos_pair");
		return false;
	}
	if (f->nparams > PARAMS_MAX) {
		report_at(f->file, f->line, "%s has %d parameters: expected at most %d", f->name,
			  f->nparams, PARAMS_MAX);
		return false;
	}
	return true;
}

/* What interface a header is of: its own name without .h. */
static const char *header_name(struct pool *pool, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;

	return pool_strndup(pool, name, strcspn(name, "."));
}

/* In interface/: the name of its folder, since a header is for one audience. */
static const char *folder_name(struct pool *pool, const char *file)
{
	const char *end = strrchr(file, '/'), *name = end;

	while (name > file && name[-1] != '/')
		name--;
	return pool_strndup(pool, name, (size_t)(end - name));
}

/* What the header's line says between its marker and its full stop; NULL: there is none. */
static const char *audience_parse(struct pool *pool, const char *text)
{
	const char *at = strstr(text, AUDIENCE);
	size_t len;

	if (!at)
		return NULL;
	at += strlen(AUDIENCE);
	len = strcspn(at, ".\n");
	return len && at[len] == '.' ? pool_strndup(pool, at, len) : NULL;
}

static bool functions_parse(struct functions *functions, struct pool *pool, const char *file,
			    const char *interface, const char *text)
{
	const char *audience = audience_parse(pool, text);
	int line = 1;

	for (const char *at = text, *next; *at; at = next, line++) {
		next = at + strcspn(at, "\n");
		next += *next == '\n';
		if (strncmp(at, MARKER, strlen(MARKER)) ||
		    !isspace((unsigned char)at[strlen(MARKER)]))
			continue;
		struct function f = {
			.interface = interface, .file = file, .audience = audience, .line = line};
		at += strlen(MARKER);
		const char *end = at + strcspn(at, ";");
		if (!function_parse(&f, pool, at, end))
			return false;
		if (!audience) {
			report_at(file, line,
				  "%s: the header does not say who may call it: expected a line "
				  "\" * Audience: everyone.\" or another (interface/interface.h)",
				  f.name);
			return false;
		}
		long old = functions_find(functions, f.name);
		if (old >= 0) {
			report_at(file, line, "%s is declared already at %s:%d", f.name,
				  functions->function[old].file, functions->function[old].line);
			return false;
		}
		pool_push(pool, functions->function, functions->n) = f;
	}
	return true;
}

static bool header_read(struct functions *functions, struct pool *pool, const char *file,
			const char *interface)
{
	struct buffer text = {0};

	if (!file_read(file, &text)) {
		report_at(file, 0, "cannot read the interface: %s", strerror(errno));
		return false;
	}
	bool ok = functions_parse(functions, pool, file, interface, text.data ? text.data : "");
	buffer_free(&text);
	return ok;
}

bool functions_read(struct functions *functions, struct pool *pool, const char *file)
{
	return header_read(functions, pool, pool_strdup(pool, file), header_name(pool, file));
}

bool functions_read_all(struct functions *functions, struct pool *pool, const char *top)
{
	char *pattern = pool_printf(pool, "%s/interface/*/*.h", top);
	glob_t found;
	bool ok = true;

	if (glob(pattern, 0, NULL, &found) != 0)
		return true; /* no interface at all: each import is reported later */
	for (size_t i = 0; i < found.gl_pathc && ok; i++)
		ok = header_read(functions, pool, pool_strdup(pool, found.gl_pathv[i]),
				 folder_name(pool, found.gl_pathv[i]));
	globfree(&found);
	return ok;
}

long functions_find(const struct functions *functions, const char *name)
{
	for (size_t i = 0; i < functions->n; i++)
		if (!strcmp(functions->function[i].name, name))
			return (long)i;
	return -1;
}
