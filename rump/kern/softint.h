/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Soft interrupts and kernel threads. An interrupt handler (a callback of the host: a device's
 * interrupt, the end of an I/O) does little and calls softint_schedule. The function then runs in a
 * kernel thread, once, however often it was scheduled before it started. softint_schedule may be
 * called anywhere, also with a spin mutex held.
 */
#ifndef RUMP_KERN_SOFTINT_H
#define RUMP_KERN_SOFTINT_H

struct softint;

struct softint *softint_establish(void (*fn)(void *), void *arg); /* NULL: no memory */
/* waits until it is not running */
void softint_disestablish(struct softint *si);
void softint_schedule(struct softint *si);

/*
 * A kernel thread: an lwp of proc0 on a host thread of its own, which ends when fn returns. If
 * cookiep is not NULL, *cookiep is for kthread_join, which waits for the end. ENOMEM, EAGAIN.
 */
int kthread_create(void (*fn)(void *), void *arg, const char *name, void **cookiep);
int kthread_join(void *cookie);

#endif
