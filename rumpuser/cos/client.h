/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clients of a rump kernel that serves system calls. A client is a component; from its first
 * call on it has a process in the rump kernel.
 *
 * I1 A record, once made, stays: the rump kernel knows the client by its address
 *    (hyp_lwproc_rfork).
 * I2 A client has at most one process at a time. When the process ends (rumpuser_sp_fini), the next
 *    call of the client makes another.
 * I3 A signal for a client is pending until the client asks for it; each number is pending once.
 * I4 A buffer that the rump kernel mapped for a client lives until the client's process ends.
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
 * The record of a component; made if there is none. If it has no process, make is called, which
 * returns an errno or stores the process's id; other callers for this component wait meanwhile. 0,
 * make's errno, or ENOMEM.
 */
int client_get(long component, int (*make)(struct client *c, int32_t *pid), struct client **found);
long client_component(const struct client *c);
int32_t client_pid(const struct client *c);
/* The client with that process, or NULL. */
struct client *client_of_pid(int32_t pid);

/* EINVAL: there is no such signal. */
int client_raise(struct client *c, int netbsd_signal);
/*
 * Take the lowest pending signal of the component; wait for one until deadline_ns (0: for ever),
 * then -COS_ETIMEDOUT.
 */
long client_signal(long component, uint64_t deadline_ns);

/* Make memory that the client can access if the composition lets it (`sees`). ENOMEM. */
int client_map(struct client *c, size_t len_bytes, void **addrp);
/* How many bytes from addr on are of memory that client_map made for this client; 0: none. */
size_t client_mapped(struct client *c, const void *addr);
/* The client's process has ended. */
void client_fini(struct client *c);

#endif
