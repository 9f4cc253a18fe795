/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The copies to and from clients, and the start of serving (rumpuser_sp_*).
 *
 * Clients call through the component's interface (component/sysproxy), not by a URL; the scheme is
 * "cos:". Their pointers are addresses in windows and shared buffers, which are the same in every
 * component (cos/layout.h). The copies recover from faults, so the only check is that an address is
 * not the component's own.
 */
#include <cos/layout.h>
#include <cos/string.h>
#include <cos/user.h>
#include <rump/errno.h>

#include "client.h"
#include "hyp.h"

/*
 * The composition says which component calls which, so there is nothing to bind or listen on. Only
 * two things are left to do: check that the component serves at all, and log what it serves.
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
	/*
	 * NetBSD's kernel calls this with NULL when it ends; clients see then that the component
	 * has ended.
	 */
	if (client)
		client_fini(client);
}

/*
 * How many bytes from uaddr on the client may name: memory that it reaches itself, or that was made
 * for it (rumpuser_sp_anonmmap).
 */
static size_t client_room(void *client, const void *uaddr)
{
	size_t room = cos_user_room(uaddr);

	return room || !client ? room : client_mapped(client, uaddr);
}

/* Is [uaddr, uaddr + len) such memory? */
static bool client_range(void *client, const void *uaddr, size_t len)
{
	size_t room = client_room(client, uaddr);

	return room && len <= room;
}

int rumpuser_sp_copyin(void *client, const void *uaddr, void *kaddr, size_t len)
{
	if (!client_range(client, uaddr, len))
		return RUMP_EFAULT;
	return hyp_errno(cos_copy_user(kaddr, uaddr, len));
}

int rumpuser_sp_copyout(void *client, const void *kaddr, void *uaddr, size_t len)
{
	if (!client_range(client, uaddr, len))
		return RUMP_EFAULT;
	return hyp_errno(cos_copy_user(uaddr, kaddr, len));
}

int rumpuser_sp_copyinstr(void *client, const void *uaddr, void *kaddr, size_t *lenp)
{
	/* How long the string is is not known beforehand. */
	size_t room = client_room(client, uaddr), max = room < *lenp ? room : *lenp;
	long len;

	if (room == 0)
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
