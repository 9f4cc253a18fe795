/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a composition file, taken apart: sections, and in them options. Each value of an
 * option is a word with the line that it stands on. Which sections and options there are is said in
 * conf_parse.c, and what they mean in composition.c.
 */
#ifndef R2C_COMPOSE_CONF_PARSE_H
#define R2C_COMPOSE_CONF_PARSE_H

#include <confuse.h>
#include "composition.h"

/*
 * Read the file. NULL: a mistake, or that it cannot be read, is reported. The words live as long
 * as the pool; the tree must be freed with cfg_free.
 */
cfg_t *conf_parse(struct pool *pool, const char *file);

/* The line of the section's opening brace; 0 for the file itself. */
int conf_section_line(const cfg_t *section);
/* Does the section say that option, perhaps as an empty list? */
bool conf_given(cfg_t *section, const char *option);
/* The n-th value of an option, from 0; NULL: there is none. A text, an integer or a boolean. */
const struct conf_word *conf_value(cfg_t *section, const char *option, size_t n);

#endif
