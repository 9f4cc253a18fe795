/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Soft interrupts and kernel threads. An interrupt handler (a callback of the host: a device's
 * interrupt, the end of an I/O) does little and calls softint_schedule; the function then runs once
 * in a kernel thread, however often it was scheduled meanwhile. softint_schedule may be called
 * anywhere, also with a spin mutex held.
 */
#ifndef RUMP_KERN_SOFTINT_H
#define RUMP_KERN_SOFTINT_H

struct softint;

struct softint *softint_establish(void (*fn)(void *), void *arg); /* NULL: no memory */
void softint_disestablish(struct softint *si);			  /* waits for a running one */
void softint_schedule(struct softint *si);

/*
 * A kernel thread: an lwp of proc0 on a host thread of its own. With join, *cookiep is for
 * kthread_join, which waits for its end. Ends when fn returns. ENOMEM, EAGAIN.
 */
int kthread_create(void (*fn)(void *), void *arg, const char *name, void **cookiep);
int kthread_join(void *cookie);

#endif
