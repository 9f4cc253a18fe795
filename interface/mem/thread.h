/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem: threads, and what the scheduler needs to run them. mem makes these objects; sched decides
 * when they run.
 * Audience: sched.
 */
#ifndef INTERFACE_MEM_THREAD_H
#define INTERFACE_MEM_THREAD_H

#include "interface.h"

/*
 * A thread of component comp, for client, which asked sched for it: its id, never 0. sched gets its
 * capability at COS_CAP_THD (cos/cap.h). COS_EPERM: comp is neither the client itself nor a program
 * that the client made.
 */
COS_INTERFACE long mem_thd_create(long comp, unsigned long ip, unsigned long arg, long gate_number,
				  long client);
#define MEM_THD_NOGATE (-1)
/* Must be called on the thread's core; COS_ECORE: it is on another one. */
COS_INTERFACE long mem_thd_destroy(long tid);
/* A capability to send to the end-point that mem_arcv_create made for tid. */
COS_INTERFACE long mem_asnd_create(long tid);
/*
 * A temporal capability of the calling core, without time, and of the most urgent priority. It
 * exists for ever.
 */
COS_INTERFACE long mem_tcap_create(void);
/*
 * The address, in sched's domain, of a uint32_t that says which thread holds mem's lock: thread id
 * + 1, 0: none. Other threads spin for the lock, so its owner should not wait for a core.
 */
COS_INTERFACE long mem_lock_owner(void);

#endif
