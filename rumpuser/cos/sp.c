/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients. They come in by the component's interface (server.c), not by a URL ("cos:"); their
 * pointers are addresses in windows and shared buffers, the same here as there (cos/layout.h). The
 * copies recover from faults, so that it is enough to check that an address is not one of ours.
 */
#include <cos/layout.h>
#include <cos/string.h>
#include <cos/user.h>
#include <rump/errno.h>

#include "client.h"
#include "hyp.h"

/*
 * The composition says who calls whom: there is nothing to bind or to listen on. What is left to be
 * done is to see that the component has a server's interface at all, and to say what it serves.
 */
int rumpuser_sp_init(const char *url, const char *ostype, const char *osrelease,
		     const char *machine)
{
	static const char scheme[] = "cos:";

	if (!url || !strchr(url, ':'))
		return RUMP_EINVAL;
	if (strncmp(url, scheme, strlen(scheme)) != 0)
		return RUMP_EAFNOSUPPORT;
	if (!component_serves || !component_serves())
		return RUMP_EOPNOTSUPP;
	cos_log("rumpuser: serving %s %s %s\n", ostype, osrelease, machine);
	return 0;
}

void rumpuser_sp_fini(void *client)
{
	/* NetBSD's kernel that ends finishes with none in particular: they find it ended. */
	if (client)
		client_fini(client);
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

int rumpuser_sp_anonmmap(void *client, size_t len_bytes, void **uaddrp)
{
	return len_bytes ? client_map(client, len_bytes, uaddrp) : RUMP_EINVAL;
}

int rumpuser_sp_raise(void *client, int netbsd_signal)
{
	return client_raise(client, netbsd_signal);
}
