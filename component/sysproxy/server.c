/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server of system calls: the component side of a rump kernel that clients call through
 * interface/storage or interface/network.
 *
 * Definitions. A client is a component (rumpuser/cos/client.h). A visitor is a thread of a client;
 * a thread that comes for several clients is a visitor for each.
 *
 * I1 At its first call a client becomes a process of the rump kernel, forked from process 1 without
 *    descriptors. An lwp that no thread ever runs keeps the process alive (process_make).
 * I2 A visitor has an lwp of its client's process, made at the visitor's first call (visitor_make).
 *    Between calls the lwp stays bound to the thread, in the word that rumpuser_curlwp reads. A
 *    further call is therefore: find the visitor, compare two words, take a virtual CPU.
 * I3 A visitor is bound to the right lwp on its way in, without a virtual CPU (visitor_enter). The
 *    thread's other lwps count as running: no other thread can take them.
 * I4 Threads end outside. The word of a dead thread is gone with its stack. A thread without a
 *    word, although there are visitors of its id, is therefore a new thread, and the old one's lwps
 *    are released then (visitors_drop). The lwps of a client that was stopped stay until the ids of
 *    its threads come again, and so does its process.
 * I5 Visitors are found by thread id in a directory of leaves, which only grows, under
 *    visitors_mutex. Only the thread of an id changes the list of that id, and does so under
 *    visitors_mutex, because server_interrupt reads it.
 */
#include <cos/alloc.h>
#include <cos/client.h>
#include <cos/layout.h>
#include <reboot/reboot.h>
#include <rump/errno.h>
#include <rump/rump.h>

#include "rumpuser/cos/client.h"
#include "rumpuser/cos/hyp.h"
#include "server.h"

/* A leaf is a page of pointers. */
#define LEAF_VISITORS 512
#define LEAVES (COS_THD_MAX / LEAF_VISITORS)
/*
 * Slots of a system call's arguments: those that the interface carries, followed by zeros for a
 * handler that reads more.
 */
#define ARGUMENTS 8

struct visitor {
	struct visitor *next; /* of the same thread */
	long component;
	struct lwp *lwp;
};

struct leaf {
	struct visitor *visitors[LEAF_VISITORS];
};

static struct cos_mutex visitors_mutex;
static struct leaf *leaves[LEAVES];

/* Not NetBSD's (rump/rump.h): undefined when NetBSD's libraries are linked. */
extern __typeof__(rump_pub_lwproc_interrupt) rump_pub_lwproc_interrupt __attribute__((weak));

bool component_serves(void)
{
	return true;
}

static struct visitor **visitors_of(long tid)
{
	struct leaf *leaf = __atomic_load_n(&leaves[tid / LEAF_VISITORS], __ATOMIC_ACQUIRE);

	return leaf ? &leaf->visitors[tid % LEAF_VISITORS] : NULL;
}

static struct visitor *visitor_find(long tid, long component)
{
	struct visitor **at = visitors_of(tid), *v = at ? *at : NULL;

	while (v && v->component != component)
		v = v->next;
	return v;
}

/* Called in process 1. Makes the client's process and the lwp that keeps it (I1). */
static int process_make(struct client *c, int32_t *pid)
{
	char name[32];
	int error;

	cos_snprintf(name, sizeof(name), "component-%ld", client_component(c));
	rumpuser__hyp.hyp_schedule();
	error = rumpuser__hyp.hyp_lwproc_rfork(c, RUMP_RFCFDG, name);
	if (error == 0) {
		*pid = rumpuser__hyp.hyp_getpid();
		/* The new lwp stays as it is, bound to no thread. */
		rumpuser__hyp.hyp_lwproc_switch(NULL);
	}
	rumpuser__hyp.hyp_unschedule();
	return error;
}

/* Release the lwps that the last thread of this id left (I4). */
static void visitors_drop(long tid)
{
	struct visitor **at = visitors_of(tid), *v, *next;

	if (!at || !*at)
		return;
	cos_mutex_lock(&visitors_mutex);
	v = *at;
	*at = NULL;
	cos_mutex_unlock(&visitors_mutex);
	for (; v; v = next) {
		next = v->next;
		cos_self_set(v->lwp);
		rumpuser__hyp.hyp_schedule();
		rumpuser__hyp.hyp_lwproc_release();
		rumpuser__hyp.hyp_unschedule();
		cos_free(v);
	}
}

static int visitor_insert(long tid, struct visitor *v)
{
	struct visitor **at;
	struct leaf *leaf;

	cos_mutex_lock(&visitors_mutex);
	leaf = leaves[tid / LEAF_VISITORS];
	if (!leaf) {
		leaf = cos_calloc(1, sizeof(*leaf));
		__atomic_store_n(&leaves[tid / LEAF_VISITORS], leaf, __ATOMIC_RELEASE);
	}
	if (leaf) {
		at = &leaf->visitors[tid % LEAF_VISITORS];
		v->next = *at;
		*at = v;
	}
	cos_mutex_unlock(&visitors_mutex);
	return leaf ? 0 : RUMP_ENOMEM;
}

/* On return the calling thread is bound to its new lwp, without a virtual CPU. */
static int visitor_make(long tid, long component, struct visitor **made)
{
	struct visitor *v = cos_calloc(1, sizeof(*v));
	struct client *c;
	int error;

	if (!v)
		return RUMP_ENOMEM;
	cos_self_set(NULL);
	error = client_get(component, process_make, &c);
	if (error == 0) {
		rumpuser__hyp.hyp_schedule();
		error = rumpuser__hyp.hyp_lwproc_newlwp(client_pid(c));
		rumpuser__hyp.hyp_unschedule();
	}
	if (error == 0) {
		v->component = component;
		v->lwp = cos_self_get();
		error = visitor_insert(tid, v);
		if (error) {
			rumpuser__hyp.hyp_schedule();
			rumpuser__hyp.hyp_lwproc_release();
			rumpuser__hyp.hyp_unschedule();
		}
	}
	if (error) {
		cos_free(v);
		return error;
	}
	*made = v;
	return 0;
}

/* Bind the calling thread to its lwp in the caller's process (I3). */
static int visitor_enter(void)
{
	long tid = cos_tid(), component = cos_client();
	struct visitor *v;

	if (__builtin_expect(!cos_self_get(), 0))
		visitors_drop(tid);
	v = visitor_find(tid, component);
	if (__builtin_expect(!v, 0))
		return visitor_make(tid, component, &v);
	if (cos_self_get() != v->lwp)
		cos_self_set(v->lwp);
	return 0;
}

struct cos_pair server_syscall(long num, unsigned long a0, unsigned long a1, unsigned long a2,
			       unsigned long a3, unsigned long a4)
{
	long arguments[ARGUMENTS] = {(long)a0, (long)a1, (long)a2, (long)a3, (long)a4};
	long retval[2] = {0, 0};
	int error = visitor_enter();

	if (__builtin_expect(error, 0))
		return (struct cos_pair){error, 0};
	if (num < 0 || num > INT32_MAX)
		return (struct cos_pair){RUMP_ENOSYS, 0};
	rumpuser__hyp.hyp_schedule();
	error = rumpuser__hyp.hyp_syscall((int)num, arguments, retval);
	rumpuser__hyp.hyp_unschedule();
	return (struct cos_pair){error, retval[0]};
}

long server_interrupt(long tid)
{
	struct visitor *v;

	if (!rump_pub_lwproc_interrupt)
		return -COS_ENOSYS;
	if (tid < 0 || tid >= COS_THD_MAX)
		return -COS_EINVAL;
	/* The lwp cannot end while the mutex is held. */
	cos_mutex_lock(&visitors_mutex);
	v = visitor_find(tid, cos_client());
	if (v)
		rump_pub_lwproc_interrupt(v->lwp);
	cos_mutex_unlock(&visitors_mutex);
	return v ? 0 : -COS_ENOENT;
}

long server_signal(unsigned long deadline_ns)
{
	return client_signal(cos_client(), deadline_ns);
}

long server_generation(void)
{
	static long generation;
	long known = __atomic_load_n(&generation, __ATOMIC_RELAXED);

	if (known == 0) {
		known = reboot_status(cos_component_id()).v1;
		__atomic_store_n(&generation, known, __ATOMIC_RELAXED);
	}
	return known;
}
