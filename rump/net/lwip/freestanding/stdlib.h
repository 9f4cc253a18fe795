/* SPDX-License-Identifier: BSD-2-Clause */
/* What lwIP uses of <stdlib.h> without a C library: reading the number in an interface's name. */
#ifndef RUMP_NET_STDLIB_H
#define RUMP_NET_STDLIB_H

static inline int atoi(const char *s)
{
	int v = 0;

	while (*s >= '0' && *s <= '9' && v < 1000)
		v = v * 10 + (*s++ - '0');
	return v;
}

#endif
