/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hypercalls of components (virtif, shmif, pci) are built on: the part of the upcalls that
 * a host's own code needs. Called by the code of a host or of a component's host side, never by a
 * rump kernel. Names and signatures are NetBSD's (lib/librumpuser/rumpuser_component.h).
 */
#ifndef RUMPUSER_COMPONENT_H
#define RUMPUSER_COMPONENT_H

struct lwp;

/* Around a wait, in a hypercall: give the virtual CPU up; take one again with what that returned.
 */
void *rumpuser_component_unschedule(void);
void rumpuser_component_schedule(void *cookie);

/* The NetBSD number of an error of the host; 0 for 0. Never 0 for another. */
int rumpuser_component_errtrans(int host_error);

/*
 * Make the calling thread, which the host made and which has no lwp, a thread of the rump kernel:
 * an lwp of process 0, bound, without a virtual CPU. kthread_release undoes it, before the thread
 * ends.
 */
void rumpuser_component_kthread(void);
void rumpuser_component_kthread_release(void);

/* For a thread without a virtual CPU. The bound lwp, or NULL; bind another (NULL: none). */
struct lwp *rumpuser_component_curlwp(void);
void rumpuser_component_switchlwp(struct lwp *l);

#endif
