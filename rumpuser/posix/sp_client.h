/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the system-call proxy: a process elsewhere at the other end of a connection, and its
 * process in the rump kernel.
 *
 * Definitions. The receiver is a thread of this client. A worker is a thread that makes system
 * calls (sp_work.c). A ticket stands for a process that was forked off the client's, and waits for
 * a child of the client to connect.
 *
 * I1 Only the receiver reads from the connection. It carries out what concerns processes, and hands
 *    system calls to workers, so that it is free for the responses that workers wait for.
 * I2 The client's main lwp is used by the receiver, or by the worker that does the client's exec.
 * I3 When the connection ends, the receiver makes the client's lwps leave, waits until the workers
 *    have finished, and releases the main lwp; the rump kernel then forgets the client.
 * I4 References to a client: one of the receiver, and one of each ticket: its process has this
 *    client until the child connects.
 * I5 A request of the rump kernel to a client that is gone fails.
 *
 * States of a client: connected; known, after its handshake (client_known); executing (execing);
 * gone (sp_client_gone).
 */
#ifndef RUMPUSER_POSIX_SP_CLIENT_H
#define RUMPUSER_POSIX_SP_CLIENT_H

#include <sys/queue.h>

#include "hyp.h"
#include "sp_proto.h"

/*
 * A request to the client. It is on its thread's stack, from before it is sent until it is
 * answered.
 */
struct sp_wait {
	TAILQ_ENTRY(sp_wait) waits;
	uint64_t number;
	void *data; /* where the response is stored */
	size_t max, len;
	bool answered, failed;
};

struct sp_client {
	int fd;
	/* Used by the receiver only. */
	bool known; /* the handshake was successful */
	struct lwp *mainlwp;
	int32_t pid;

	pthread_mutex_t send_lock; /* one message at a time */

	pthread_mutex_t lock; /* guards the members below */
	pthread_cond_t answered, idle;
	TAILQ_HEAD(, sp_wait) waits;
	uint64_t next_number;
	unsigned works; /* requests that workers have */
	unsigned calls; /* how many of them are system calls */
	bool execing;	/* a worker does an exec */
	bool gone;	/* the connection has ended */
	unsigned refs;
};

/* With one reference, the receiver's. NULL: no memory. fd becomes the client's. */
struct sp_client *sp_client_make(int fd);
void sp_client_hold(struct sp_client *c);
void sp_client_drop(struct sp_client *c);
/* All waits fail, now and later. Called as well by any thread that finds the connection dead. */
void sp_client_gone(struct sp_client *c);

/*
 * Send a message: a header and two pieces of body. The length in the header is filled in. An errno
 * of the host.
 */
int sp_send(struct sp_client *c, struct sp_header *h, const void *a, size_t a_len, const void *b,
	    size_t b_len);
int sp_respond(struct sp_client *c, const struct sp_header *request, const void *body, size_t len);
void sp_respond_error(struct sp_client *c, const struct sp_header *request, enum sp_error error);
int sp_respond_syscall(struct sp_client *c, const struct sp_header *request, int error,
		       const long retval[2]);

/*
 * Ask the client and wait for the answer. *len_bytes: the room, then its length. EFAULT: the client
 * refused, is gone, or sent more. Called without a virtual CPU.
 */
int sp_ask(struct sp_client *c, enum sp_type type, const void *body, size_t body_len, void *data,
	   size_t *len_bytes);
/* The receiver has the header of a response: read the body to its destination. false: the end. */
bool sp_answer(struct sp_client *c, const struct sp_header *h);

/* For the receiver: read exactly len bytes. false: the connection ended. */
bool sp_receive(struct sp_client *c, void *data, size_t len);

/*
 * Hand a system call or an exec to a worker. body becomes the worker's. false: no memory, or no
 * worker and none that could become free.
 */
bool sp_work(struct sp_client *c, const struct sp_header *h, void *body);
/* Wait until no worker has a request of the client. */
void sp_work_wait(struct sp_client *c);
/* Answer the system call that the calling thread makes, if any, before it ends. */
void sp_work_answer(void);

/*
 * Serve that connection in a new thread until it ends. false: no thread, or too many clients; fd is
 * closed.
 */
bool sp_serve(int fd, const char *banner);

/* Where a server listens. */
struct sp_listener {
	int fd;
	bool tcp;
	char path[108]; /* absolute, to be removed at the end; "": none */
};
/* Parse and bind: 0 or an errno of the host. */
int sp_listen(const char *url, struct sp_listener *l);

#endif
