/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies to clients that are the same on every host: they are made of the host's own. */
#include <rump/errno.h>

#include "rumpuser.h"

int rumpuser_sp_copyoutstr(void *client, const void *kaddr, void *uaddr, size_t *lenp)
{
	const char *text = kaddr;
	size_t len = 0;
	int error;

	while (len < *lenp && text[len] != '\0')
		len++;
	if (len == *lenp)
		return RUMP_ENAMETOOLONG;
	error = rumpuser_sp_copyout(client, kaddr, uaddr, len + 1);
	if (error == 0)
		*lenp = len + 1;
	return error;
}
