/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hypercalls of kernel components (virtif, shmif, pci) are built on: upcalls for the
 * host's own code. Only the host side calls these functions, never a rump kernel. Names and
 * signatures are NetBSD's (lib/librumpuser/rumpuser_component.h).
 */
#ifndef RUMPUSER_COMPONENT_H
#define RUMPUSER_COMPONENT_H

struct lwp;

/*
 * Around a wait in a hypercall: unschedule gives the virtual CPU up; schedule takes one again and
 * needs the value that unschedule returned.
 */
void *rumpuser_component_unschedule(void);
void rumpuser_component_schedule(void *cookie);

/* The NetBSD errno of an error of the host: 0 for 0, and never 0 for another. */
int rumpuser_component_errtrans(int host_error);

/*
 * Turn the calling thread, which the host made and which has no lwp, into a thread of the rump
 * kernel: an lwp of process 0 is bound to it, and it holds no virtual CPU. kthread_release undoes
 * this before the thread ends.
 */
void rumpuser_component_kthread(void);
void rumpuser_component_kthread_release(void);

/* For a thread without a virtual CPU: the bound lwp, or NULL; and bind another (NULL: none). */
struct lwp *rumpuser_component_curlwp(void);
void rumpuser_component_switchlwp(struct lwp *l);

#endif
