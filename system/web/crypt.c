/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debian's static musl has no crypt(3), which nginx links for its basic authentication. Nothing
 * served here asks for a password; one that does is told that no hash is supported.
 */
#include <errno.h>
#include <stddef.h>
#include "crypt.h"

char *crypt(const char *key, const char *salt)
{
	(void)key;
	(void)salt;
	errno = ENOSYS;
	return NULL;
}
