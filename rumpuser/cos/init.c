/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of the COS host: the upcalls, errors, parameters. */
#include <cos/abi.h>
#include <cos/core.h>
#include <cos/layout.h>
#include <cos/param.h>
#include <cos/log.h>
#include <cos/string.h>
#include <mem/mem.h>
#include <rump/errno.h>

#include "hyp.h"
#include "rumpuser_component.h"

struct rumpuser_hyperup rumpuser__hyp;

int rumpuser_init(int version, const struct rumpuser_hyperup *hyp)
{
	if (version != RUMPUSER_VERSION)
		return RUMP_EPROGMISMATCH;
	rumpuser__hyp = *hyp;
	return 0;
}

int hyp_errno(long cos_error)
{
	static const uint8_t table[] = {
		[COS_ECAP] = RUMP_EBADF,    [COS_EINVAL] = RUMP_EINVAL,
		[COS_EEXIST] = RUMP_EEXIST, [COS_ENOENT] = RUMP_ENOENT,
		[COS_ENOTBL] = RUMP_ENOMEM, [COS_EBUSY] = RUMP_EBUSY,
		[COS_ETYPE] = RUMP_EINVAL,  [COS_EPERM] = RUMP_EPERM,
		[COS_EREBOOT] = RUMP_EIO,   [COS_EAGAIN] = RUMP_EAGAIN,
		[COS_ENOMEM] = RUMP_ENOMEM, [COS_ENOSYS] = RUMP_ENOSYS,
		[COS_EDEPTH] = RUMP_ENOMEM, [COS_ETIMEDOUT] = RUMP_ETIMEDOUT,
		[COS_EINTR] = RUMP_EINTR,   [COS_EIO] = RUMP_EIO,
		[COS_ENODEV] = RUMP_ENODEV, [COS_EFAULT] = RUMP_EFAULT,
		[COS_EDEAD] = RUMP_ESRCH,
	};
	long n = cos_error < 0 ? -cos_error : cos_error;

	if (n == 0)
		return 0;
	return n < (long)sizeof(table) ? table[n] : RUMP_EINVAL;
}

int rumpuser_component_errtrans(int host_error)
{
	return hyp_errno(host_error);
}

int hyp_kthread(void)
{
	int error;

	rumpuser__hyp.hyp_schedule();
	error = rumpuser__hyp.hyp_lwproc_newlwp(0);
	rumpuser__hyp.hyp_unschedule();
	return error;
}

static int param_copy(const char *value, char *buf, size_t buflen)
{
	return strlcpy(buf, value, buflen) < buflen ? 0 : RUMP_E2BIG;
}

/* A composition writes a size as 64M; NetBSD reads 64m. */
static int size_copy(const char *value, char *buf, size_t buflen)
{
	size_t len = strlen(value);
	int error = param_copy(value, buf, buflen);

	if (error == 0 && len > 0 && strchr("KMG", buf[len - 1]))
		buf[len - 1] += 'a' - 'A';
	return error;
}

static long pages_free(void)
{
	long pages = mem_stat().v0;
	struct cos_pair domain = mem_usage();

	return domain.v1 > 0 && domain.v1 - domain.v0 < pages ? domain.v1 - domain.v0 : pages;
}

/*
 * The component's parameters, by their own names. A composition writes the two that rumpuser(3)
 * requires as RUMP_NCPU and RUMP_HOSTNAME; their defaults are a virtual CPU a core, and a name with
 * the component's id. The default of RUMP_MEMLIMIT is half of the memory that is free when the
 * component starts, or half of what its domain may still have: the caches of a rump kernel take all
 * they are given, and programs or the rest of the domain need some.
 */
int rumpuser_getparam(const char *name, void *buf, size_t buflen)
{
	const char *value = cos_param(name);

	if (value && strcmp(name, "RUMP_MEMLIMIT") == 0)
		return size_copy(value, buf, buflen);
	if (value)
		return param_copy(value, buf, buflen);
	if (strcmp(name, RUMPUSER_PARAM_NCPU) == 0) {
		char made[16];

		value = cos_param("RUMP_NCPU");
		cos_snprintf(made, sizeof(made), "%u", cos_ncores());
		return param_copy(value ? value : made, buf, buflen);
	}
	if (strcmp(name, RUMPUSER_PARAM_HOSTNAME) == 0) {
		char made[32];

		value = cos_param("RUMP_HOSTNAME");
		cos_snprintf(made, sizeof(made), "rump-%ld", cos_component_id());
		return param_copy(value ? value : made, buf, buflen);
	}
	if (strcmp(name, "RUMP_MEMLIMIT") == 0) {
		char made[32];

		cos_snprintf(made, sizeof(made), "%ld", pages_free() / 2 * COS_PAGE_SIZE);
		return param_copy(made, buf, buflen);
	}
	return RUMP_ENOENT;
}
