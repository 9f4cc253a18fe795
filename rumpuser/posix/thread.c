/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <string.h>

static _Thread_local struct lwp *thread_lwp;

int rumpuser_thread_create(void *(*fn)(void *), void *arg, const char *name, int mustjoin,
			   int priority, int cpuidx, void **cookiep)
{
	pthread_t *thread = NULL, detached;
	pthread_attr_t attr;
	int error;

	(void)priority;
	(void)cpuidx;
	if (mustjoin && (thread = malloc(sizeof(*thread))) == NULL)
		return RUMP_ENOMEM;
	MUST(pthread_attr_init(&attr));
	if (!mustjoin)
		MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	error = pthread_create(mustjoin ? thread : &detached, &attr, fn, arg);
	pthread_attr_destroy(&attr);
	if (error != 0) {
		free(thread);
		return errno_to_netbsd(error);
	}
	if (mustjoin) {
		if (name != NULL) {
			char shortname[16]; /* the host's limit */

			snprintf(shortname, sizeof(shortname), "%s", name);
			pthread_setname_np(*thread, shortname);
		}
		*cookiep = thread;
	}
	return 0;
}

void rumpuser_thread_exit(void)
{
	pthread_exit(NULL);
}

int rumpuser_thread_join(void *cookie)
{
	pthread_t *thread = cookie;
	int nlocks, error;

	hyp_leave(&nlocks, NULL);
	error = pthread_join(*thread, NULL);
	hyp_return(nlocks, NULL);
	if (error == 0)
		free(thread);
	return errno_to_netbsd(error);
}

void rumpuser_curlwpop(int op, struct lwp *l)
{
	switch (op) {
	case RUMPUSER_LWP_CREATE:
	case RUMPUSER_LWP_DESTROY:
		break; /* nothing is kept for an lwp that is not bound */
	case RUMPUSER_LWP_SET:
		MUST(thread_lwp != NULL || l == NULL);
		thread_lwp = l;
		break;
	case RUMPUSER_LWP_CLEAR:
		MUST(thread_lwp != l);
		thread_lwp = NULL;
		break;
	default:
		MUST(op + 1000);
	}
}

struct lwp *rumpuser_curlwp(void)
{
	return thread_lwp;
}
