/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include "place.h"

/* One token: a word, a quoted string (of which only the kind matters here), or a punctuation mark.
 */
enum token { END, WORD, STRING, MARK };

struct scanner {
	const char *at;
	int line;
	const char *word;
	size_t len;
};

static void scanner_line(struct scanner *s)
{
	while (*s->at && *s->at != '\n')
		s->at++;
}

static void scanner_comment(struct scanner *s)
{
	for (s->at += 2; *s->at && !(s->at[0] == '*' && s->at[1] == '/'); s->at++)
		if (*s->at == '\n')
			s->line++;
	if (*s->at)
		s->at += 2;
}

static void scanner_blank(struct scanner *s)
{
	for (;;) {
		if (*s->at == '#' || (s->at[0] == '/' && s->at[1] == '/')) {
			scanner_line(s);
		} else if (s->at[0] == '/' && s->at[1] == '*') {
			scanner_comment(s);
		} else if (isspace((unsigned char)*s->at)) {
			s->line += *s->at == '\n';
			s->at++;
		} else {
			return;
		}
	}
}

static enum token scanner_quoted(struct scanner *s)
{
	char quote = *s->at++;

	while (*s->at && *s->at != quote) {
		if (*s->at == '\\' && s->at[1])
			s->at++;
		s->line += *s->at == '\n';
		s->at++;
	}
	if (*s->at)
		s->at++;
	return STRING;
}

static enum token scanner_next(struct scanner *s)
{
	scanner_blank(s);
	s->word = s->at;
	if (!*s->at)
		return END;
	if (*s->at == '"' || *s->at == '\'')
		return scanner_quoted(s);
	if (strchr("{}(),=+", *s->at)) {
		s->at++;
		return MARK;
	}
	while (*s->at && !isspace((unsigned char)*s->at) && !strchr("{}(),=+\"'#", *s->at))
		s->at++;
	s->len = (size_t)(s->at - s->word);
	return WORD;
}

static size_t count_sections(const struct places *places, const char *section)
{
	size_t n = 0;

	for (size_t i = 0; i < places->n; i++)
		n += !*places->place[i].option && !strcmp(places->place[i].section, section);
	return n;
}

void places_find(struct places *places, struct pool *pool, const char *text)
{
	struct scanner s = {.at = text, .line = 1};
	struct place now = {.section = "", .option = ""};
	const char *last = ""; /* the word before an equals sign or a title */
	size_t opened = 0;
	bool in_section = false, in_list = false, is_value = false;

	*places = (struct places){0};
	for (;;) {
		enum token token = scanner_next(&s);
		char mark = token == MARK ? *s.word : 0;

		if (token == END) {
			places->unclosed_line = in_section ? places->place[opened].line : 0;
			return;
		}
		if (mark == '=') {
			now.option = last;
			now.nth_value = 0;
			is_value = true;
		} else if (mark == '{' && is_value) {
			in_list = true;
		} else if (mark == '{') {
			now = (struct place){.section = last, .option = ""};
			now.nth_section = count_sections(places, last);
			now.line = s.line;
			opened = places->n;
			pool_push(pool, places->place, places->n) = now;
			in_section = true;
		} else if (mark == '}' && in_list) {
			in_list = is_value = false;
		} else if (mark == '}' && in_section) {
			in_section = false;
			now = (struct place){.section = "", .option = ""};
		} else if (token != MARK && is_value) {
			now.line = s.line;
			pool_push(pool, places->place, places->n) = now;
			now.nth_value++;
			is_value = in_list;
		} else if (token == WORD) {
			last = pool_strndup(pool, s.word, s.len);
		}
	}
}

int places_line(const struct places *places, const char *section, size_t nth_section,
		const char *option, size_t nth_value)
{
	int line = 0;

	for (size_t i = 0; i < places->n; i++) {
		const struct place *p = &places->place[i];

		if (strcmp(p->section, section) || p->nth_section != nth_section)
			continue;
		if (!*p->option && !line)
			line = p->line;
		if (!strcmp(p->option, option) && p->nth_value == nth_value)
			return p->line;
	}
	return line;
}
