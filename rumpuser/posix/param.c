/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters are the process's environment. RUMP_NCPU is the mandatory number of virtual CPUs;
 * "host" means as many as the process may run on. The mandatory name is the host's, made unique by
 * the process id.
 */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static int host_cpus(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

int rumpuser_getparam(const char *name, void *buf, size_t buflen)
{
	char own[320], host[256];
	const char *value = own;

	if (strcmp(name, RUMPUSER_PARAM_NCPU) == 0) {
		value = getenv("RUMP_NCPU");
		if (value == NULL || strcmp(value, "host") == 0) {
			snprintf(own, sizeof(own), "%d", host_cpus());
			value = own;
		}
	} else if (strcmp(name, RUMPUSER_PARAM_HOSTNAME) == 0) {
		if (gethostname(host, sizeof(host)) != 0)
			return errno_to_netbsd(errno);
		host[sizeof(host) - 1] = '\0';
		snprintf(own, sizeof(own), "rump-%ld.%s", (long)getpid(), host);
	} else if (name[0] == '_') {
		return RUMP_EINVAL; /* mandatory, and neither a number nor "host" */
	} else {
		value = getenv(name);
		if (value == NULL)
			return RUMP_ENOENT;
	}
	if (strlen(value) >= buflen)
		return RUMP_E2BIG;
	memcpy(buf, value, strlen(value) + 1);
	return 0;
}
