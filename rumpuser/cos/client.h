/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who a rump kernel has as clients: components, each a process of the rump kernel from its first
 * call on. The record is what the rump kernel knows the client by (hyp_lwproc_rfork), and stays;
 * its process may end (rumpuser_sp_fini), then the next call makes another.
 *
 * Signals for a client are kept until it asks for them, each number once, as signals are; so are
 * buffers that the rump kernel mapped for it until the process ends.
 */
#ifndef RUMPUSER_COS_CLIENT_H
#define RUMPUSER_COS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Defined by a component that serves system calls, to return true (rumpuser_sp_init). */
bool component_serves(void) __attribute__((weak));

#define CLIENT_SIGNAL_MAX 63 /* NetBSD's numbers end here (sys/signal.h, NSIG) */

struct client;

/*
 * The record of a component, made if need be. make is called, with other callers for this component
 * held off, if it has no process: it returns an errno or sets the process's id. 0 or that errno,
 * ENOMEM.
 */
int client_get(long component, int (*make)(struct client *c, int32_t *pid), struct client **found);
long client_component(const struct client *c);
int32_t client_pid(const struct client *c);
/* The client whose process that is, or NULL. */
struct client *client_of_pid(int32_t pid);

/* EINVAL: there is no such signal. */
int client_raise(struct client *c, int netbsd_signal);
/* Takes the lowest signal that was raised for the component; waits for one until deadline_ns (0:
 * for ever), -COS_ETIMEDOUT. */
long client_signal(long component, uint64_t deadline_ns);

/* Memory that the client sees if the composition lets it (`sees`). ENOMEM. */
int client_map(struct client *c, size_t len_bytes, void **addrp);
/* Its process is no more. */
void client_fini(struct client *c);

#endif
