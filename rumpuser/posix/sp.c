/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system-call proxy has no transport on this host yet: every call says so. The symbols are
 * weak, so that a program that brings a transport of its own (a test does) links in their place.
 */
#include "hyp.h"

#include <rump/errno.h>

#define WEAK __attribute__((weak))

WEAK int rumpuser_sp_init(const char *url, const char *ostype, const char *osrelease,
			  const char *machine)
{
	(void)url;
	(void)ostype;
	(void)osrelease;
	(void)machine;
	return RUMP_ENOSYS;
}

WEAK int rumpuser_sp_copyin(void *client, const void *uaddr, void *kaddr, size_t len)
{
	(void)client;
	(void)uaddr;
	(void)kaddr;
	(void)len;
	return RUMP_ENOSYS;
}

WEAK int rumpuser_sp_copyinstr(void *client, const void *uaddr, void *kaddr, size_t *lenp)
{
	(void)client;
	(void)uaddr;
	(void)kaddr;
	(void)lenp;
	return RUMP_ENOSYS;
}

WEAK int rumpuser_sp_copyout(void *client, const void *kaddr, void *uaddr, size_t len)
{
	(void)client;
	(void)kaddr;
	(void)uaddr;
	(void)len;
	return RUMP_ENOSYS;
}

WEAK int rumpuser_sp_copyoutstr(void *client, const void *kaddr, void *uaddr, size_t *lenp)
{
	(void)client;
	(void)kaddr;
	(void)uaddr;
	(void)lenp;
	return RUMP_ENOSYS;
}

WEAK int rumpuser_sp_anonmmap(void *client, size_t len_bytes, void **uaddrp)
{
	(void)client;
	(void)len_bytes;
	(void)uaddrp;
	return RUMP_ENOSYS;
}

WEAK int rumpuser_sp_raise(void *client, int netbsd_signal)
{
	(void)client;
	(void)netbsd_signal;
	return RUMP_ENOSYS;
}

WEAK void rumpuser_sp_fini(void *client)
{
	(void)client;
}
