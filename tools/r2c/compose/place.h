/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On which line of a composition file something stands. libConfuse knows while it parses and
 * forgets after, but a mistake like "nobody exports this" shows only when everything has been read.
 */
#ifndef R2C_COMPOSE_PLACE_H
#define R2C_COMPOSE_PLACE_H

#include "pool.h"

struct place {
	const char *section; /* "" at the top level */
	size_t nth_section;  /* of its kind, from 0 */
	const char *option;  /* "" for the section itself */
	size_t nth_value;
	int line;
};

struct places {
	struct place *place;
	size_t n;
	int unclosed_line; /* of a section without its closing brace, which libConfuse lets pass; 0:
			      none */
};

/* Text is a file that libConfuse has accepted. */
void places_find(struct places *places, struct pool *pool, const char *text);
/* The line of a value, else of its section, else 0. */
int places_line(const struct places *places, const char *section, size_t nth_section,
		const char *option, size_t nth_value);

#endif
