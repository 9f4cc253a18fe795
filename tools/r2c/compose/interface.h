/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of interfaces: the COS_INTERFACE lines of headers (interface/interface.h says how
 * such a header is written).
 */
#ifndef R2C_COMPOSE_INTERFACE_H
#define R2C_COMPOSE_INTERFACE_H

#include <stdbool.h>
#include "pool.h"

struct function {
	const char *name;
	const char *interface; /* in interface/ the header's folder, else its name without .h */
	const char *file;      /* the header */
	const char *audience;  /* the header's, as it names it (interface/interface.h) */
	int line;
	int nparams; /* 0 to 6 */
	bool pair;   /* the result is a struct cos_pair */
};

struct functions {
	struct function *function;
	size_t n;
};

/* Add the functions of one header. False: reported. */
bool functions_read(struct functions *functions, struct pool *pool, const char *file);
/* Of all headers of interface/ under top, in the order of names. False: reported. */
bool functions_read_all(struct functions *functions, struct pool *pool, const char *top);
/* Index of a function by name, -1: none. */
long functions_find(const struct functions *functions, const char *name);

#endif
