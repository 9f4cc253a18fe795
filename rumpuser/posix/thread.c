/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads, and the lwp that a thread is bound to. */
#include "hyp.h"

#include <errno.h>

#include "schedule.h"

static _Thread_local struct lwp *thread_lwp;

/* The argument of a new thread, which frees it. */
struct start {
	void *(*fn)(void *);
	void *arg;
	char name[16]; /* the host's limit; "": the process's name */
	int priority, cpuidx;
};

static void *thread_start(void *arg)
{
	struct start s = *(struct start *)arg;

	free(arg);
	schedule_cpu(s.cpuidx);
	schedule_priority(s.priority);
	if (s.name[0] != '\0')
		pthread_setname_np(pthread_self(), s.name);
	return s.fn(s.arg);
}

/* The new thread itself asks for its priority and CPU, before anything else (schedule.c). */
int rumpuser_thread_create(void *(*fn)(void *), void *arg, const char *name, int mustjoin,
			   int priority, int cpuidx, void **cookiep)
{
	pthread_t *thread = malloc(sizeof(*thread));
	struct start *s = malloc(sizeof(*s));
	pthread_attr_t attr;
	int error = ENOMEM;

	if (thread != NULL && s != NULL) {
		*s = (struct start){.fn = fn, .arg = arg, .priority = priority, .cpuidx = cpuidx};
		snprintf(s->name, sizeof(s->name), "%s", name != NULL ? name : "");
		MUST(pthread_attr_init(&attr));
		if (!mustjoin)
			MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
		error = pthread_create(thread, &attr, thread_start, s);
		pthread_attr_destroy(&attr);
	}
	if (error != 0)
		free(s);
	if (error == 0 && mustjoin)
		*cookiep = thread;
	else
		free(thread);
	return errno_to_netbsd(error);
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
