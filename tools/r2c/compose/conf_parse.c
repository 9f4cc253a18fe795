/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Composition files are libConfuse's grammar: sections with titles, and lists in braces.
 * (libconfig, which keeps the line of each setting, has no titles, and cannot read the files that
 * users have.) libConfuse knows the line while it parses and forgets it afterwards. So a
 * function of this file parses every value and makes a word of it, with the line:
 *
 * L1  A value's line is that of its last character. The parse function runs when libConfuse has
 *     just read the value, with the section's `line` at that place.
 * L2  A section's line is that of its opening brace. The first option of every section, BEGIN, has
 *     a default value, which libConfuse parses when it makes the section. In a file it is unknown.
 * L3  libConfuse (3.3) counts two lines too many at each comment that starts with # or //, and one
 *     at each between slash-star and star-slash. So it is given spaces in the place of comments.
 * L4  libConfuse accepts a file that ends within a section. Then the section ends on the file's
 *     last line; otherwise on an earlier one, because an empty line is added.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf_parse.h"
#include "file.h"
#include "report.h"

/* libConfuse hands no context to its callbacks: what is being parsed. */
static struct parse {
	struct pool *pool;
	const char *file;
} now;

static int word_make(cfg_t *cfg, const char *text, void *result)
{
	struct conf_word *word = pool_alloc(now.pool, sizeof(*word));

	*word = (struct conf_word){pool_strdup(now.pool, text), cfg->line};
	*(void **)result = word;
	return 0;
}

static int text_parse(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	(void)opt;
	return word_make(cfg, value, result);
}

#define BEGIN_NAME "(begin)"
#define BEGIN_VALUE "the section begins here"

static int begin_parse(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	if (!strcmp(value, BEGIN_VALUE))
		return word_make(cfg, value, result);
	cfg_error(cfg, "no such option '%s'", opt->name);
	return -1;
}

static int integer_parse(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	char *end;

	errno = 0;
	strtol(value, &end, 0);
	if (!*end && !errno)
		return word_make(cfg, value, result);
	cfg_error(cfg,
		  errno ? "integer value for option '%s' is out of range"
			: "invalid integer value for option '%s'",
		  opt->name);
	return -1;
}

static int boolean_parse(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	int boolean = cfg_parse_boolean(value);

	if (boolean == 0 || boolean == 1)
		return word_make(cfg, boolean ? "true" : "false", result);
	cfg_error(cfg, "invalid boolean value for option '%s'", opt->name);
	return -1;
}

#define BEGIN CFG_PTR_LIST_CB(BEGIN_NAME, "{'" BEGIN_VALUE "'}", CFGF_NONE, begin_parse, NULL)
#define LIST(name) CFG_PTR_LIST_CB(name, NULL, CFGF_NODEFAULT, text_parse, NULL)
#define TEXT(name) CFG_PTR_CB(name, NULL, CFGF_NODEFAULT, text_parse, NULL)
#define INTEGER(name) CFG_PTR_CB(name, NULL, CFGF_NODEFAULT, integer_parse, NULL)
#define BOOLEAN(name) CFG_PTR_CB(name, NULL, CFGF_NODEFAULT, boolean_parse, NULL)
#define MANY (CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)
#define ONE CFGF_NODEFAULT

/* clang-format off */
static cfg_opt_t domain[] = {BEGIN, LIST("components"), CFG_END()};
static cfg_opt_t component[] = {
	BEGIN, TEXT("object"), TEXT("rump"), LIST("libraries"), LIST("roles"), LIST("imports"),
	LIST("sees"), LIST("devices"), LIST("params"), TEXT("memory"), INTEGER("priority"), INTEGER("cpu"), CFG_END()};
static cfg_opt_t mount[] = {BEGIN, TEXT("type"), TEXT("device"), LIST("options"), CFG_END()};
static cfg_opt_t program[] = {
	BEGIN, LIST("args"), LIST("env"), TEXT("cwd"), TEXT("stdin"), INTEGER("cpu"), CFG_END()};
static cfg_opt_t network[] = {
	BEGIN, TEXT("hostname"), TEXT("address"), TEXT("gateway"), TEXT("dns"), CFG_END()};
static cfg_opt_t blob[] = {BEGIN, TEXT("file"), TEXT("component"), CFG_END()};
static cfg_opt_t machine[] = {
	BEGIN, TEXT("memory"), INTEGER("cpus"), LIST("disk"), BOOLEAN("net"), TEXT("virtio"),
	BOOLEAN("iommu"), LIST("forward"), CFG_END()};
static cfg_opt_t composition[] = {
	TEXT("system"), TEXT("cmdline"), LIST("services"), LIST("interfaces"),
	CFG_SEC("domain", domain, MANY), CFG_SEC("component", component, MANY),
	CFG_SEC("mount", mount, MANY), CFG_SEC("program", program, MANY),
	CFG_SEC("network", network, ONE), CFG_SEC("blob", blob, MANY),
	CFG_SEC("machine", machine, ONE), CFG_END()};
/* clang-format on */

/*
 * libConfuse found a mistake. Its message for an unknown option gets the names of the known ones.
 */
static void mistake_report(cfg_t *cfg, const char *format, va_list ap)
{
	struct buffer text = {0};
	struct pool pool = {0};

	buffer_printf(&text, "%s", pool_vprintf(&pool, format, ap));
	if (!strncmp(format, "no such option", strlen("no such option"))) {
		const char *sep = ": expected ";
		for (const cfg_opt_t *opt = cfg->opts; opt->name; opt++) {
			if (!strcmp(opt->name, BEGIN_NAME))
				continue;
			buffer_printf(&text, "%s%s", sep, opt->name);
			sep = ", ";
		}
	}
	if (!strncmp(format, "premature end", strlen("premature end")))
		buffer_printf(&text, ": expected a closing brace or quotation mark");
	report_at(now.file, cfg->line, "%s", text.data);
	buffer_free(&text);
	pool_free(&pool);
}

/* The end of a string or a variable ("${...}") that starts at `at`, else `at` itself. */
static char *quoted_end(char *at, char *end)
{
	char quote = *at;

	if (*at == '$' && at + 1 < end && at[1] == '{')
		quote = '}';
	else if (*at != '"' && *at != '\'')
		return at;
	for (at++; at < end && *at != quote; at++)
		if (*at == '\\' && quote != '}')
			at++;
		else if (*at == '$' && quote == '"')
			at = quoted_end(at, end);
	return at < end ? at : end - 1;
}

/* The end of a comment that starts at `at`; NULL: none does, or it has no end. */
static char *comment_end(char *at, const char *end)
{
	size_t len = (size_t)(end - at);
	char *last;

	if (*at == '#' || !strncmp(at, "//", 2))
		return memchr(at, '\n', len);
	if (strncmp(at, "/*", 2))
		return NULL;
	last = memmem(at + 2, len - 2, "*/", 2);
	return last ? last + 2 : NULL;
}

/* L3: comments become spaces; newlines stay. A slash within a word starts none. */
static void comments_blank(char *text, size_t len)
{
	char *end = text + len, *to;
	bool in_word = false;

	for (char *at = text; at < end; at++) {
		at = quoted_end(at, end);
		to = in_word && *at == '/' ? NULL : comment_end(at, end);
		in_word = !to && !strchr(" \t\r\n={}()+,\"'#", *at);
		for (; to && at < to; at++)
			if (*at != '\n')
				*at = ' ';
		at -= to != NULL;
	}
}

/* L4: the line on which the section that the file ends in begins; 0: the file is whole. */
static int unclosed_line(const cfg_t *root)
{
	for (const cfg_opt_t *opt = root->opts; opt->name; opt++)
		for (unsigned i = 0; opt->type == CFGT_SEC && i < opt->nvalues; i++)
			if (opt->values[i]->section->line == root->line)
				return conf_section_line(opt->values[i]->section);
	return 0;
}

static bool text_take(cfg_t *root, struct buffer *text)
{
	FILE *stream;
	int line;

	buffer_add(text, "\n", 1);
	comments_blank(text->data, text->len);
	stream = fmemopen(text->data, text->len, "r");
	if (!stream) {
		report_at(now.file, 0, "cannot read the composition: %s", strerror(errno));
		return false;
	}
	bool ok = cfg_parse_fp(root, stream) == CFG_SUCCESS;
	fclose(stream);
	if (ok && (line = unclosed_line(root))) {
		report_at(now.file, line, "a section without end: expected a closing brace");
		ok = false;
	}
	return ok;
}

cfg_t *conf_parse(struct pool *pool, const char *file)
{
	struct buffer text = {0};
	cfg_t *root = NULL;

	now = (struct parse){pool, file};
	if (!file_read(file, &text)) {
		report_at(file, 0, "cannot read the composition: %s", strerror(errno));
	} else if (!(root = cfg_init(composition, CFGF_NONE))) {
		report("out of memory");
	} else {
		cfg_set_error_function(root, mistake_report);
		if (!text_take(root, &text)) {
			cfg_free(root);
			root = NULL;
		}
	}
	buffer_free(&text);
	return root;
}

int conf_section_line(const cfg_t *section)
{
	cfg_opt_t *begin = &section->opts[0];

	if (strcmp(begin->name, BEGIN_NAME))
		return 0;
	return ((const struct conf_word *)cfg_opt_getnptr(begin, 0))->line;
}

bool conf_given(cfg_t *section, const char *option)
{
	return (cfg_getopt(section, option)->flags & CFGF_MODIFIED) != 0;
}

const struct conf_word *conf_value(cfg_t *section, const char *option, size_t n)
{
	return cfg_getnptr(section, option, (unsigned)n);
}
