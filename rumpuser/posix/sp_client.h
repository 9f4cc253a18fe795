/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the system-call proxy: a process elsewhere, at the other end of a connection, and a
 * process in the rump kernel.
 *
 * Its receiver is a thread of its own: it alone reads from the connection, carries out what has to
 * do with processes, and hands system calls to workers, so that it is free for the responses that
 * those wait for. The client's main lwp is used by its receiver, or by the worker that does its
 * exec. When the connection ends the receiver tells the client's lwps to leave, waits until the
 * workers are done, and lets the main lwp go: with that the rump kernel forgets the client.
 *
 * A client is counted by its receiver and by each process that was forked off it but not yet taken
 * by a child (a ticket): such a process has it as its client. What the rump kernel asks of a client
 * that is gone fails.
 */
#ifndef RUMPUSER_POSIX_SP_CLIENT_H
#define RUMPUSER_POSIX_SP_CLIENT_H

#include <sys/queue.h>

#include "hyp.h"
#include "sp_proto.h"

/* A request to the client, on its thread's stack, from before it is sent until it is answered. */
struct sp_wait {
	TAILQ_ENTRY(sp_wait) waits;
	uint64_t number;
	void *data; /* where the response goes */
	size_t max, len;
	bool answered, failed;
};

struct sp_client {
	int fd;
	/* Receiver only. */
	bool known; /* it has shaken hands */
	struct lwp *mainlwp;
	int32_t pid;

	pthread_mutex_t send_lock; /* a frame at a time */

	pthread_mutex_t lock; /* what follows */
	pthread_cond_t answered, idle;
	TAILQ_HEAD(, sp_wait) waits;
	uint64_t next_number;
	unsigned works; /* what workers have of it */
	unsigned calls; /* of which are system calls */
	bool execing;	/* a worker does its exec */
	bool gone;	/* the connection has ended */
	unsigned refs;
};

/* With one reference, the receiver's; NULL: no memory. fd becomes the client's. */
struct sp_client *sp_client_make(int fd);
void sp_client_hold(struct sp_client *c);
void sp_client_drop(struct sp_client *c);
/* All waits fail, now and from now on; also called by whoever finds the connection dead. */
void sp_client_gone(struct sp_client *c);

/* Send a frame of a header and two pieces of body; its length is filled in. An errno of the host.
 */
int sp_send(struct sp_client *c, struct sp_header *h, const void *a, size_t a_len, const void *b,
	    size_t b_len);
int sp_respond(struct sp_client *c, const struct sp_header *request, const void *body, size_t len);
void sp_respond_error(struct sp_client *c, const struct sp_header *request, enum sp_error error);
int sp_respond_syscall(struct sp_client *c, const struct sp_header *request, int error,
		       const long retval[2]);

/*
 * Ask the client, and wait for what it says: *len_bytes at most, and how much it was. EFAULT: it
 * refused, is gone, or said more. Without a virtual CPU.
 */
int sp_ask(struct sp_client *c, enum sp_type type, const void *body, size_t body_len, void *data,
	   size_t *len_bytes);
/* The receiver has a response's header: read its body to whom it is for. false: the end. */
bool sp_answer(struct sp_client *c, const struct sp_header *h);

/* Receiver: exactly so many bytes; false: the connection ended. */
bool sp_receive(struct sp_client *c, void *data, size_t len);

/*
 * Hand a frame to a worker: a system call, or an exec. body, of body_len and more bytes, becomes
 * the worker's. false: no memory, or no thread and none to come free.
 */
bool sp_work(struct sp_client *c, const struct sp_header *h, void *body);
/* Wait until no worker has anything of the client. */
void sp_work_wait(struct sp_client *c);
/* Answer the system call that the calling thread does, before its end; if it does one. */
void sp_work_answer(void);

/*
 * Serve that connection, until it ends, in a thread of its own. false: no thread, or too many
 * clients; fd is closed.
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
