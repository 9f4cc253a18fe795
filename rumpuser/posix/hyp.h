/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the POSIX host. */
#ifndef RUMPUSER_POSIX_HYP_H
#define RUMPUSER_POSIX_HYP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "rumpuser.h"
#include "rumpuser_component.h"

extern struct rumpuser_hyperup rumpuser__hyp;

/* The NetBSD number of a host errno; EINVAL if NetBSD lacks it. */
int errno_to_netbsd(int host_errno);

/* The host's number of a signal; 0: the host lacks it. */
int signal_of_netbsd(int netbsd_signal);
/* Wait until the requests that rumpuser_bio got for that descriptor before are in the file. */
void bio_drain(int fd);

/* For calls that fail only if the kernel misuses a lock. */
#define MUST(call)                                                                             \
	do {                                                                                   \
		int must_rv = (call);                                                          \
		if (must_rv != 0) {                                                            \
			fprintf(stderr, "rumpuser: %s:%d: %s: error %d\n", __FILE__, __LINE__, \
				#call, must_rv);                                               \
			abort();                                                               \
		}                                                                              \
	} while (0)

/*
 * Around a wait: give the virtual CPU up, take one again. Neither does anything before
 * rumpuser_init.
 */
static inline void hyp_leave(int *nlocks, void *interlock)
{
	*nlocks = 0;
	if (rumpuser__hyp.hyp_backend_unschedule != NULL)
		rumpuser__hyp.hyp_backend_unschedule(0, nlocks, interlock);
}
static inline void hyp_return(int nlocks, void *interlock)
{
	if (rumpuser__hyp.hyp_backend_schedule != NULL)
		rumpuser__hyp.hyp_backend_schedule(nlocks, interlock);
}

/* Shared by the mutex and the condition variable. */
struct rumpuser_mtx {
	pthread_mutex_t m_pth;
	struct lwp *_Atomic m_owner;
	int m_flags;
};
void mtx_setowner(struct rumpuser_mtx *mtx);
void mtx_clearowner(struct rumpuser_mtx *mtx);

#endif
