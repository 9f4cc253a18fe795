/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients' memory. Clients come in by the component's interface (server.c), not by a URL; their
 * pointers are addresses in windows and shared buffers, the same here as there (cos/layout.h). The
 * copies recover from faults, so that it is enough to check that an address is not one of ours.
 */
#include <cos/layout.h>
#include <cos/user.h>
#include <rump/errno.h>

#include "hyp.h"

int rumpuser_sp_init(const char *url, const char *ostype, const char *osrelease,
		     const char *machine)
{
	(void)url;
	(void)ostype;
	(void)osrelease;
	(void)machine;
	return RUMP_ENOSYS;
}

void rumpuser_sp_fini(void *client)
{
	(void)client; /* its record is kept for when the component calls again (server.c) */
}

int rumpuser_sp_copyin(void *client, const void *uaddr, void *kaddr, size_t len)
{
	(void)client;
	if (!cos_user_range(uaddr, len))
		return RUMP_EFAULT;
	return hyp_errno(cos_copy_user(kaddr, uaddr, len));
}

int rumpuser_sp_copyout(void *client, const void *kaddr, void *uaddr, size_t len)
{
	(void)client;
	if (!cos_user_range(uaddr, len))
		return RUMP_EFAULT;
	return hyp_errno(cos_copy_user(uaddr, kaddr, len));
}

/* A string's length is not known before: it may be *lenp long, or end with its slot. */
static size_t string_max(const void *uaddr, size_t max)
{
	size_t left = COS_SLOT(1ul) - ((uintptr_t)uaddr & (COS_SLOT(1ul) - 1));

	return left < max ? left : max;
}

int rumpuser_sp_copyinstr(void *client, const void *uaddr, void *kaddr, size_t *lenp)
{
	size_t max = string_max(uaddr, *lenp);
	long len;

	(void)client;
	if (!cos_user_range(uaddr, 1))
		return RUMP_EFAULT;
	len = cos_copy_user_str(kaddr, uaddr, max);
	if (len < 0)
		return RUMP_EFAULT;
	if ((size_t)len == max)
		return max < *lenp ? RUMP_EFAULT : RUMP_ENAMETOOLONG;
	*lenp = (size_t)len + 1;
	return 0;
}

int rumpuser_sp_copyoutstr(void *client, const void *kaddr, void *uaddr, size_t *lenp)
{
	const char *s = kaddr;
	size_t len = 0;
	int error;

	while (len < *lenp && s[len] != '\0')
		len++;
	if (len == *lenp)
		return RUMP_ENAMETOOLONG;
	error = rumpuser_sp_copyout(client, kaddr, uaddr, len + 1);
	if (error == 0)
		*lenp = len + 1;
	return error;
}

/* The rump kernel neither maps memory into clients nor sends them signals: they do both for
 * themselves. */
int rumpuser_sp_anonmmap(void *client, size_t len_bytes, void **uaddrp)
{
	(void)client;
	(void)len_bytes;
	(void)uaddrp;
	return RUMP_ENOSYS;
}

int rumpuser_sp_raise(void *client, int netbsd_signal)
{
	(void)client;
	(void)netbsd_signal;
	return RUMP_ENOSYS;
}
