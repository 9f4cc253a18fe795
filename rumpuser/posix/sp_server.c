/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The receiver of a client (sp_client.h): handshakes, forks, execs, and the end.
 *
 * A child of a client is a client as well, with a connection of its own. Before it forks, the
 * client requests a process forked off its own in the rump kernel (PREFORK), so that descriptors
 * are copied at that moment, and gets a ticket; the child presents the ticket when it has
 * connected. Until then the process has the parent as its client, since no other exists. When the
 * child comes, that process is forked once more, sharing everything, into the child's, and ends.
 */
#include "sp_client.h"

#include <rump/errno.h>
#include <rump/rump.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX 4096	  /* of a request: arguments, or a program's name */
#define ARGUMENTS_MIN 128 /* the most that a system call reads */
/*
 * TICKETS_MAX: forks of clients under way at once. CLIENTS_MAX bounds the threads that strangers
 * can cause here, one for each connection.
 */
#define TICKETS_MAX 256
#define CLIENTS_MAX 256
#define WORKS_MAX 1024 /* requests of one client at a time */

struct ticket {
	LIST_ENTRY(ticket) tickets;
	uint32_t words[SP_TICKET_WORDS];
	struct lwp *lwp;
	struct sp_client *parent;
};

struct service {
	int fd;
	char banner[SP_BANNER_MAX + 1];
};

static pthread_mutex_t tickets_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(, ticket) tickets = LIST_HEAD_INITIALIZER(tickets);
static unsigned ntickets;
static _Atomic unsigned nclients;

static int lwp_rfork(struct sp_client *c, int flags, const char *name)
{
	int error;

	rumpuser__hyp.hyp_schedule();
	error = rumpuser__hyp.hyp_lwproc_rfork(c, flags, name);
	rumpuser__hyp.hyp_unschedule();
	return error;
}

static void lwp_exit_others(struct sp_client *c)
{
	rumpuser_component_switchlwp(c->mainlwp);
	rumpuser__hyp.hyp_schedule();
	rumpuser__hyp.hyp_lwpexit();
	rumpuser__hyp.hyp_unschedule();
	rumpuser_component_switchlwp(NULL);
}

/* End an lwp that no thread has, and its process if the lwp is the last. */
static void lwp_end(struct lwp *l)
{
	rumpuser_component_switchlwp(l);
	rumpuser_component_kthread_release();
}

/* The new process's lwp is bound: make it the client's main lwp, and unbind it. */
static void client_known(struct sp_client *c)
{
	c->mainlwp = rumpuser_component_curlwp();
	rumpuser__hyp.hyp_schedule();
	c->pid = rumpuser__hyp.hyp_getpid();
	rumpuser__hyp.hyp_unschedule();
	rumpuser_component_switchlwp(NULL);
	c->known = true;
}

static bool answer_done(struct sp_client *c, const struct sp_header *h)
{
	int32_t zero = 0;

	return sp_respond(c, h, &zero, sizeof(zero)) == 0;
}

static bool refuse(struct sp_client *c, const struct sp_header *h, enum sp_error error)
{
	sp_respond_error(c, h, error);
	return false;
}

static bool guest(struct sp_client *c, const struct sp_header *h, const char *name)
{
	if (lwp_rfork(c, RUMP_RFCFDG, name) != 0)
		return refuse(c, h, SP_ERR_RFORK_FAILED);
	client_known(c);
	return answer_done(c, h);
}

static struct ticket *ticket_take(const uint32_t *words)
{
	struct ticket *t;

	MUST(pthread_mutex_lock(&tickets_lock));
	LIST_FOREACH(t, &tickets, tickets)
	if (memcmp(t->words, words, sizeof(t->words)) == 0)
		break;
	if (t != NULL) {
		LIST_REMOVE(t, tickets);
		ntickets--;
	}
	MUST(pthread_mutex_unlock(&tickets_lock));
	return t;
}

static void ticket_end(struct ticket *t)
{
	lwp_end(t->lwp);
	sp_client_drop(t->parent);
	free(t);
}

static bool forked(struct sp_client *c, const struct sp_header *h, const struct sp_fork *f)
{
	struct ticket *t = ticket_take(f->ticket);
	int error;

	if (t == NULL)
		return refuse(c, h, SP_ERR_INVALID_PREFORK);
	if (f->cancel) {
		ticket_end(t);
		return false;
	}
	rumpuser_component_switchlwp(t->lwp);
	error = lwp_rfork(c, 0, NULL);
	if (error == 0)
		client_known(c);
	else
		rumpuser_component_switchlwp(NULL);
	ticket_end(t);
	return error == 0 ? answer_done(c, h) : refuse(c, h, SP_ERR_RFORK_FAILED);
}

/*
 * If the table is full, the oldest ticket is dropped that has lost its parent and never got its
 * child.
 */
static bool ticket_insert(struct ticket *t)
{
	struct ticket *old = NULL, *i;
	bool inserted;

	MUST(pthread_mutex_lock(&tickets_lock));
	if (ntickets == TICKETS_MAX) {
		LIST_FOREACH(i, &tickets, tickets)
		{
			MUST(pthread_mutex_lock(&i->parent->lock));
			if (i->parent->gone)
				old = i;
			MUST(pthread_mutex_unlock(&i->parent->lock));
		}
		if (old != NULL) {
			LIST_REMOVE(old, tickets);
			ntickets--;
		}
	}
	inserted = ntickets < TICKETS_MAX;
	if (inserted) {
		LIST_INSERT_HEAD(&tickets, t, tickets);
		ntickets++;
	}
	MUST(pthread_mutex_unlock(&tickets_lock));
	if (old != NULL)
		ticket_end(old);
	return inserted;
}

static bool execing(struct sp_client *c, bool begin)
{
	bool already;

	MUST(pthread_mutex_lock(&c->lock));
	already = c->execing;
	c->execing |= begin;
	MUST(pthread_mutex_unlock(&c->lock));
	return already;
}

static bool prefork(struct sp_client *c, const struct sp_header *h)
{
	uint32_t words[SP_TICKET_WORDS];
	struct ticket *t;
	size_t got;

	if (execing(c, false))
		return refuse(c, h, SP_ERR_INEXEC);
	t = calloc(1, sizeof(*t));
	if (t == NULL) {
		sp_respond_error(c, h, SP_ERR_NOMEM);
		return true;
	}
	rumpuser_component_switchlwp(c->mainlwp);
	if (lwp_rfork(c, RUMP_RFFDG, NULL) != 0) {
		rumpuser_component_switchlwp(NULL);
		free(t);
		sp_respond_error(c, h, SP_ERR_RFORK_FAILED);
		return true;
	}
	t->lwp = rumpuser_component_curlwp();
	rumpuser_component_switchlwp(NULL);
	t->parent = c;
	sp_client_hold(c);
	/* Must not be guessable. Called without a virtual CPU, so it cannot wait. */
	if (rumpuser_getrandom(words, sizeof(words), RUMPUSER_RANDOM_NOWAIT, &got) != 0 ||
	    got != sizeof(words)) {
		ticket_end(t);
		sp_respond_error(c, h, SP_ERR_TRYAGAIN);
		return true;
	}
	memcpy(t->words, words, sizeof(words));
	if (!ticket_insert(t)) {
		ticket_end(t);
		sp_respond_error(c, h, SP_ERR_NOMEM);
		return true;
	}
	/* The ticket belongs to the table now. */
	return sp_respond(c, h, words, sizeof(words)) == 0;
}

static bool work(struct sp_client *c, const struct sp_header *h, char **body)
{
	unsigned works;

	MUST(pthread_mutex_lock(&c->lock));
	works = c->works;
	MUST(pthread_mutex_unlock(&c->lock));
	if (works >= WORKS_MAX || !sp_work(c, h, *body)) {
		sp_respond_error(c, h, SP_ERR_TRYAGAIN);
		return true;
	}
	*body = NULL;
	return true;
}

static bool exec(struct sp_client *c, const struct sp_header *h, char **body)
{
	if (execing(c, true))
		return refuse(c, h, SP_ERR_INEXEC);
	lwp_exit_others(c);
	/*
	 * Without a worker the exec cannot finish, and the client has no other threads: it is cut
	 * off.
	 */
	return sp_work(c, h, *body) ? (*body = NULL, true) : refuse(c, h, SP_ERR_NOMEM);
}

/* body ends with a NUL. A function that keeps it sets it to NULL. false: the connection is over. */
static bool request(struct sp_client *c, const struct sp_header *h, char **body, size_t len)
{
	if (!c->known) {
		if (h->type == SP_HANDSHAKE && h->value == SP_GUEST)
			return guest(c, h, *body);
		if (h->type == SP_HANDSHAKE && h->value == SP_FORK)
			return len == sizeof(struct sp_fork)
				       ? forked(c, h, (const struct sp_fork *)(void *)*body)
				       : refuse(c, h, SP_ERR_MALFORMED_REQUEST);
		return refuse(c, h, SP_ERR_AUTH);
	}
	switch (h->type) {
	case SP_SYSCALL:
		return work(c, h, body);
	case SP_PREFORK:
		return prefork(c, h);
	case SP_HANDSHAKE:
		if (h->value == SP_EXEC)
			return exec(c, h, body);
		return refuse(c, h, SP_ERR_MALFORMED_REQUEST);
	default:
		sp_respond_error(c, h, SP_ERR_MALFORMED_REQUEST);
		return true;
	}
}

static bool receive(struct sp_client *c)
{
	struct sp_header h;
	size_t len;
	char *body;
	bool ok;

	if (!sp_receive(c, &h, sizeof(h)) || h.len_bytes < sizeof(h))
		return false;
	len = h.len_bytes - sizeof(h);
	if (h.class == SP_RESP || h.class == SP_ERROR)
		return sp_answer(c, &h);
	if (h.class != SP_REQ || len > BODY_MAX)
		return refuse(c, &h, SP_ERR_MALFORMED_REQUEST);
	body = calloc(1, len + ARGUMENTS_MIN);
	if (body == NULL)
		return refuse(c, &h, SP_ERR_NOMEM);
	ok = sp_receive(c, body, len) && request(c, &h, &body, len);
	free(body);
	return ok;
}

static void serve(struct sp_client *c, struct service *s)
{
	if (send(c->fd, s->banner, strlen(s->banner), MSG_NOSIGNAL) == (ssize_t)strlen(s->banner))
		while (receive(c))
			;
	free(s);
	sp_client_gone(c);
	/* An exec has made the other lwps leave already, and has the main lwp. */
	if (c->known && !execing(c, false))
		lwp_exit_others(c);
	sp_work_wait(c);
	if (c->known)
		lwp_end(c->mainlwp);
	sp_client_drop(c);
}

static void *receiver(void *arg)
{
	struct service *s = arg;
	struct sp_client *c = sp_client_make(s->fd);

	if (c != NULL) {
		serve(c, s);
	} else {
		close(s->fd);
		free(s);
	}
	nclients--;
	return NULL;
}

bool sp_serve(int fd, const char *banner)
{
	struct service *s = malloc(sizeof(*s));
	pthread_attr_t attr;
	pthread_t thread;
	int error = -1;

	if (nclients++ < CLIENTS_MAX && s != NULL) {
		s->fd = fd;
		snprintf(s->banner, sizeof(s->banner), "%s", banner);
		MUST(pthread_attr_init(&attr));
		MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
		error = pthread_create(&thread, &attr, receiver, s);
		pthread_attr_destroy(&attr);
	}
	if (error != 0) {
		nclients--;
		close(fd);
		free(s);
	}
	return error == 0;
}
