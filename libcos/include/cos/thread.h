/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads of this component. */
#ifndef COS_THREAD_H
#define COS_THREAD_H

#include <cos/client.h>

/*
 * Runs function(arg) in a new thread of priority prio (SCHED_PRIO_*); it ends when function
 * returns. Thread id, or -COS_ENOMEM.
 */
long cos_thread_create(void (*function)(void *), void *arg, long prio);
/* Ends the calling thread, which must be one of this component's own. */
_Noreturn void cos_thread_exit(void);

#endif
