/* SPDX-License-Identifier: BSD-2-Clause */
/* uname, sysinfo: the system as a whole. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "mm/user.h"
#include "process/process.h"

/* The composition's name for the system, or a default. */
static const char *uts_hostname(void)
{
	const char *name = cos_param("HOSTNAME");

	return name ? name : "rump2cos";
}

long sys_uname(struct thread *t, const uint64_t *a)
{
	struct lx_utsname u = {.sysname = "Linux",
			       .release = "6.1.0-rump2cos",
			       .version = "#1 rump2cos",
			       .machine = "x86_64",
			       .domainname = "(none)"};

	strlcpy(u.nodename, uts_hostname(), sizeof(u.nodename));
	return user_put(t, a[0], &u, sizeof(u));
}

long sys_sethostname(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	return -LX_EPERM; /* the composition gives the name */
}

long sys_sysinfo(struct thread *t, const uint64_t *a)
{
	struct cos_pair mem = mem_stat();
	struct lx_sysinfo info = {.uptime = (int64_t)(cos_now_ns() / NS_PER_S),
				  .totalram = (uint64_t)mem.v1 * PAGE,
				  .freeram = (uint64_t)mem.v0 * PAGE,
				  .procs = (uint16_t)proc_count(),
				  .mem_unit = 1};

	return user_put(t, a[0], &info, sizeof(info));
}
