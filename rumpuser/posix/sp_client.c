/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client's connection: messages, and requests to the client with their waiting senders
 * (sp_client.h).
 */
#include "sp_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

struct sp_client *sp_client_make(int fd)
{
	struct sp_client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->refs = 1;
	TAILQ_INIT(&c->waits);
	MUST(pthread_mutex_init(&c->send_lock, NULL));
	MUST(pthread_mutex_init(&c->lock, NULL));
	MUST(pthread_cond_init(&c->answered, NULL));
	MUST(pthread_cond_init(&c->idle, NULL));
	return c;
}

void sp_client_hold(struct sp_client *c)
{
	MUST(pthread_mutex_lock(&c->lock));
	c->refs++;
	MUST(pthread_mutex_unlock(&c->lock));
}

void sp_client_drop(struct sp_client *c)
{
	unsigned refs;

	MUST(pthread_mutex_lock(&c->lock));
	refs = --c->refs;
	MUST(pthread_mutex_unlock(&c->lock));
	if (refs > 0)
		return;
	close(c->fd);
	MUST(pthread_cond_destroy(&c->idle));
	MUST(pthread_cond_destroy(&c->answered));
	MUST(pthread_mutex_destroy(&c->lock));
	MUST(pthread_mutex_destroy(&c->send_lock));
	free(c);
}

void sp_client_gone(struct sp_client *c)
{
	MUST(pthread_mutex_lock(&c->lock));
	c->gone = true;
	MUST(pthread_cond_broadcast(&c->answered));
	MUST(pthread_mutex_unlock(&c->lock));
	shutdown(c->fd, SHUT_RDWR); /* the receiver notices */
}

/* Advance the pieces by n bytes. */
static void iov_advance(struct iovec **iov, size_t *count, size_t n)
{
	while (*count > 0 && n >= (*iov)->iov_len) {
		n -= (*iov)->iov_len;
		(*iov)++;
		(*count)--;
	}
	if (*count > 0) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + n;
		(*iov)->iov_len -= n;
	}
}

static int send_all(int fd, struct iovec *iov, size_t count)
{
	while (count > 0) {
		struct msghdr m = {.msg_iov = iov, .msg_iovlen = count};
		ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		iov_advance(&iov, &count, (size_t)n);
	}
	return 0;
}

int sp_send(struct sp_client *c, struct sp_header *h, const void *a, size_t a_len, const void *b,
	    size_t b_len)
{
	struct iovec iov[3] = {
		{h, sizeof(*h)}, {(void *)(uintptr_t)a, a_len}, {(void *)(uintptr_t)b, b_len}};
	int error;

	h->len_bytes = sizeof(*h) + a_len + b_len;
	MUST(pthread_mutex_lock(&c->send_lock));
	error = send_all(c->fd, iov, 3);
	MUST(pthread_mutex_unlock(&c->send_lock));
	if (error != 0)
		sp_client_gone(c); /* after half a message the connection is useless */
	return error;
}

int sp_respond(struct sp_client *c, const struct sp_header *request, const void *body, size_t len)
{
	struct sp_header h = {.number = request->number, .class = SP_RESP, .type = request->type};

	return sp_send(c, &h, body, len, NULL, 0);
}

void sp_respond_error(struct sp_client *c, const struct sp_header *request, enum sp_error error)
{
	struct sp_header h = {.number = request->number, .class = SP_ERROR, .value = error};

	sp_send(c, &h, NULL, 0, NULL, 0);
}

int sp_respond_syscall(struct sp_client *c, const struct sp_header *request, int error,
		       const long retval[2])
{
	struct sp_sysresp r = {.error = error, .retval = {retval[0], retval[1]}};

	return sp_respond(c, request, &r, sizeof(r));
}

int sp_ask(struct sp_client *c, enum sp_type type, const void *body, size_t body_len, void *data,
	   size_t *len_bytes)
{
	struct sp_wait w = {.data = data, .max = *len_bytes};
	struct sp_header h = {.class = SP_REQ, .type = (uint16_t)type};

	MUST(pthread_mutex_lock(&c->lock));
	h.number = w.number = c->next_number++;
	TAILQ_INSERT_TAIL(&c->waits, &w, waits);
	MUST(pthread_mutex_unlock(&c->lock));
	sp_send(c, &h, body, body_len, NULL, 0); /* after a failure the client is gone */
	MUST(pthread_mutex_lock(&c->lock));
	/*
	 * While its answer is being read, a request is not in the list: the receiver owns data
	 * until it is read.
	 */
	while (!w.answered && !(c->gone && w.number != UINT64_MAX))
		MUST(pthread_cond_wait(&c->answered, &c->lock));
	if (!w.answered)
		TAILQ_REMOVE(&c->waits, &w, waits);
	MUST(pthread_mutex_unlock(&c->lock));
	*len_bytes = w.len;
	return w.answered && !w.failed ? 0 : EFAULT;
}

/* Remove it from the list, so that its thread leaves its memory to the receiver. */
static struct sp_wait *wait_take(struct sp_client *c, uint64_t number)
{
	struct sp_wait *w;

	MUST(pthread_mutex_lock(&c->lock));
	TAILQ_FOREACH(w, &c->waits, waits)
	if (w->number == number)
		break;
	if (w != NULL) {
		TAILQ_REMOVE(&c->waits, w, waits);
		w->number = UINT64_MAX;
	}
	MUST(pthread_mutex_unlock(&c->lock));
	return w;
}

static void wait_answer(struct sp_client *c, struct sp_wait *w, size_t len, bool failed)
{
	MUST(pthread_mutex_lock(&c->lock));
	w->len = len;
	w->failed = failed;
	w->answered = true;
	MUST(pthread_cond_broadcast(&c->answered));
	MUST(pthread_mutex_unlock(&c->lock));
}

bool sp_answer(struct sp_client *c, const struct sp_header *h)
{
	size_t len = h->len_bytes - sizeof(*h);
	struct sp_wait *w = wait_take(c, h->number);
	bool ok;

	if (w == NULL)
		return false;
	/* An error has no body. A client that sends more than was asked for is cut off. */
	ok = h->class == SP_ERROR ? len == 0 : len <= w->max && sp_receive(c, w->data, len);
	wait_answer(c, w, ok ? len : 0, !ok || h->class == SP_ERROR);
	return ok;
}

bool sp_receive(struct sp_client *c, void *data, size_t len)
{
	char *at = data;

	while (len > 0) {
		ssize_t n = recv(c->fd, at, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}
