/* SPDX-License-Identifier: BSD-2-Clause */
/* The component's parameters (cos/param.h), which r2c links in. */
#include <cos/param.h>
#include <cos/string.h>

extern const char __cos_params[]; /* strings, the last one empty; the domain's link makes it */

const char *cos_param_next(const char *previous)
{
	const char *next = previous == NULL ? __cos_params : previous + strlen(previous) + 1;

	return *next != 0 ? next : NULL;
}

const char *cos_param(const char *key)
{
	size_t len = strlen(key);

	for (const char *p = cos_param_next(NULL); p != NULL; p = cos_param_next(p))
		if (strncmp(p, key, len) == 0 && p[len] == '=')
			return p + len + 1;
	return NULL;
}
