/* SPDX-License-Identifier: BSD-2-Clause */
#include "os.h"

char *os_strdup(const char *s)
{
	size_t len = strlen(s) + 1;
	char *copy = cos_malloc(len);

	if (copy)
		memcpy(copy, s, len);
	return copy;
}
