/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of clients, their pending signals and their buffers (client.h). */
#include "client.h"

#include <cos/abi.h>
#include <mem/mem.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

struct buffer {
	struct buffer *next;
	long va;
	size_t len_bytes;
};

struct client {
	struct client *next;
	long component;
	struct cos_mutex making; /* held while the process is made */
	int32_t pid;		 /* 0: no process */
	uint64_t signals;	 /* bit n: signal n is pending */
	struct buffer *buffers;
};

static struct cos_mutex clients_mutex; /* guards the list, signals and buffers */
static struct cos_cond clients_raised;
static struct client *clients;

/* Under clients_mutex. */
static struct client *client_find(long component)
{
	struct client *c = clients;

	while (c && c->component != component)
		c = c->next;
	return c;
}

/* Under clients_mutex. NULL: no memory. */
static struct client *record_get(long component)
{
	struct client *c = client_find(component);

	if (c)
		return c;
	c = arena_alloc(sizeof(*c), 16);
	if (c) {
		*c = (struct client){.next = clients, .component = component};
		clients = c;
	}
	return c;
}

int client_get(long component, int (*make)(struct client *c, int32_t *pid), struct client **found)
{
	int error = 0;
	struct client *c;
	int32_t pid;

	cos_mutex_lock(&clients_mutex);
	c = record_get(component);
	cos_mutex_unlock(&clients_mutex);
	*found = c;
	if (!c)
		return RUMP_ENOMEM;
	cos_mutex_lock(&c->making);
	if (client_pid(c) == 0) {
		error = make(c, &pid);
		if (error == 0)
			__atomic_store_n(&c->pid, pid, __ATOMIC_RELEASE);
	}
	cos_mutex_unlock(&c->making);
	return error;
}

long client_component(const struct client *c)
{
	return c->component;
}

int32_t client_pid(const struct client *c)
{
	return __atomic_load_n(&c->pid, __ATOMIC_ACQUIRE);
}

struct client *client_of_pid(int32_t pid)
{
	struct client *c;

	cos_mutex_lock(&clients_mutex);
	c = clients;
	while (c && (pid <= 0 || client_pid(c) != pid))
		c = c->next;
	cos_mutex_unlock(&clients_mutex);
	return c;
}

int client_raise(struct client *c, int netbsd_signal)
{
	if (netbsd_signal < 1 || netbsd_signal > CLIENT_SIGNAL_MAX)
		return RUMP_EINVAL;
	cos_mutex_lock(&clients_mutex);
	c->signals |= 1ull << netbsd_signal;
	cos_cond_broadcast(&clients_raised);
	cos_mutex_unlock(&clients_mutex);
	return 0;
}

long client_signal(long component, uint64_t deadline_ns)
{
	struct client *c;
	long result = 0;

	cos_mutex_lock(&clients_mutex);
	c = record_get(component);
	if (!c)
		result = -COS_ENOMEM;
	while (result == 0 && c->signals == 0)
		result = cos_cond_timedwait(&clients_raised, &clients_mutex, deadline_ns);
	if (c && c->signals) {
		result = __builtin_ctzll(c->signals);
		c->signals &= c->signals - 1;
	}
	cos_mutex_unlock(&clients_mutex);
	return result;
}

int client_map(struct client *c, size_t len_bytes, void **addrp)
{
	struct buffer *b = arena_alloc(sizeof(*b), 16);

	if (!b)
		return RUMP_ENOMEM;
	b->va = mem_shm_create(len_bytes);
	if (b->va < 0) {
		int error = hyp_errno(b->va);

		arena_free(b, sizeof(*b));
		return error;
	}
	b->len_bytes = len_bytes;
	cos_mutex_lock(&clients_mutex);
	b->next = c->buffers;
	c->buffers = b;
	cos_mutex_unlock(&clients_mutex);
	*addrp = (void *)b->va;
	return 0;
}

size_t client_mapped(struct client *c, const void *addr)
{
	const struct buffer *b;
	size_t room = 0;

	cos_mutex_lock(&clients_mutex);
	b = c->buffers;
	while (b && (uintptr_t)addr - (uintptr_t)b->va >= b->len_bytes)
		b = b->next;
	if (b)
		room = b->len_bytes - ((uintptr_t)addr - (uintptr_t)b->va);
	cos_mutex_unlock(&clients_mutex);
	return room;
}

void client_fini(struct client *c)
{
	struct buffer *b, *next;

	cos_mutex_lock(&clients_mutex);
	b = c->buffers;
	c->buffers = NULL;
	c->signals = 0;
	__atomic_store_n(&c->pid, 0, __ATOMIC_RELEASE);
	cos_mutex_unlock(&clients_mutex);
	for (; b; b = next) {
		long error = mem_shm_destroy((unsigned long)b->va);

		if (error)
			cos_log("rumpuser: cannot free a client's buffer (%ld)\n", error);
		next = b->next;
		arena_free(b, sizeof(*b));
	}
}
