/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asynchronous block I/O (rumpuser_bio): a queue, and a few worker threads.
 *
 * I1 A worker has an lwp of process 0, and calls done with a virtual CPU. Workers are made when a
 *    request finds none idle, up to BIO_WORKERS.
 * I2 Without memory for a request, or without any worker, the caller calls done at once: no other
 *    thread could.
 * I3 A request is pending from the call until its bytes are transferred, which is before done is
 *    called: done may need a lock that a draining thread holds.
 * I4 The list of pending requests is in the order of the calls, so its head is the oldest.
 * I5 Requests complete in any order.
 */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <sys/queue.h>
#include <unistd.h>

/* Enough requests in flight to keep a disk busy. */
#define BIO_WORKERS 8

struct bio_req {
	TAILQ_ENTRY(bio_req) pending;
	STAILQ_ENTRY(bio_req) queued;
	int fd, op;
	char *data;
	size_t len;
	int64_t off;
	rump_biodone_fn done;
	void *arg;
};

static pthread_mutex_t bio_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t bio_cv = PTHREAD_COND_INITIALIZER; /* for workers: something is queued */
/* for drains: a request is no longer pending */
static pthread_cond_t bio_done_cv = PTHREAD_COND_INITIALIZER;
static TAILQ_HEAD(, bio_req) bio_pending = TAILQ_HEAD_INITIALIZER(bio_pending);
static STAILQ_HEAD(, bio_req) bio_queue = STAILQ_HEAD_INITIALIZER(bio_queue);
static unsigned bio_nworkers, bio_nidle, bio_nqueued, bio_ndrains;

/* Transfer all of it, or up to the end of the file, or until an error. */
static int bio_transfer(const struct bio_req *r, size_t *donep)
{
	size_t done = 0;

	while (done < r->len) {
		ssize_t n = r->op & RUMPUSER_BIO_READ ? pread(r->fd, r->data + done, r->len - done,
							      r->off + (off_t)done)
						      : pwrite(r->fd, r->data + done, r->len - done,
							       r->off + (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			*donep = done;
			return errno_to_netbsd(errno);
		}
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*donep = done;
	if (r->op & RUMPUSER_BIO_SYNC && fdatasync(r->fd) != 0)
		return errno_to_netbsd(errno);
	return 0;
}

static void bio_unpend(struct bio_req *r)
{
	TAILQ_REMOVE(&bio_pending, r, pending);
	if (bio_ndrains != 0)
		MUST(pthread_cond_broadcast(&bio_done_cv));
}

static void *bio_worker(void *arg)
{
	size_t done;
	int error;

	(void)arg;
	rumpuser_component_kthread();
	MUST(pthread_mutex_lock(&bio_lock));
	for (;;) {
		struct bio_req *r;

		bio_nidle++;
		while ((r = STAILQ_FIRST(&bio_queue)) == NULL)
			MUST(pthread_cond_wait(&bio_cv, &bio_lock));
		bio_nidle--;
		STAILQ_REMOVE_HEAD(&bio_queue, queued);
		bio_nqueued--;
		MUST(pthread_mutex_unlock(&bio_lock));
		error = bio_transfer(r, &done);
		MUST(pthread_mutex_lock(&bio_lock));
		bio_unpend(r);
		MUST(pthread_mutex_unlock(&bio_lock));
		rumpuser__hyp.hyp_schedule();
		r->done(r->arg, done, error);
		rumpuser__hyp.hyp_unschedule();
		free(r);
		MUST(pthread_mutex_lock(&bio_lock));
	}
	return NULL;
}

/* With bio_lock. An errno of the host, which matters only if there is no worker at all. */
static int bio_worker_make(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	MUST(pthread_attr_init(&attr));
	MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	error = pthread_create(&thread, &attr, bio_worker, NULL);
	pthread_attr_destroy(&attr);
	if (error == 0)
		bio_nworkers++;
	return error;
}

void rumpuser_bio(int fd, int op, void *data, size_t len_bytes, int64_t off, rump_biodone_fn done,
		  void *arg)
{
	struct bio_req *r = malloc(sizeof(*r));
	int error = 0;

	if (r == NULL) {
		done(arg, 0, RUMP_ENOMEM);
		return;
	}
	*r = (struct bio_req){.fd = fd,
			      .op = op,
			      .data = data,
			      .len = len_bytes,
			      .off = off,
			      .done = done,
			      .arg = arg};
	MUST(pthread_mutex_lock(&bio_lock));
	if (bio_nqueued >= bio_nidle && bio_nworkers < BIO_WORKERS)
		error = bio_worker_make();
	if (bio_nworkers != 0) {
		TAILQ_INSERT_TAIL(&bio_pending, r, pending);
		STAILQ_INSERT_TAIL(&bio_queue, r, queued);
		bio_nqueued++;
		MUST(pthread_cond_signal(&bio_cv));
		r = NULL;
	}
	MUST(pthread_mutex_unlock(&bio_lock));
	if (r != NULL) {
		free(r);
		done(arg, 0, errno_to_netbsd(error));
	}
}

/*
 * Waits for the requests made before; a mark at the end of the list separates them from later ones.
 */
void bio_drain(int fd)
{
	struct bio_req mark = {.fd = -1}, *r;

	MUST(pthread_mutex_lock(&bio_lock));
	TAILQ_INSERT_TAIL(&bio_pending, &mark, pending);
	bio_ndrains++;
	for (;;) {
		for (r = TAILQ_FIRST(&bio_pending); r != &mark && r->fd != fd;)
			r = TAILQ_NEXT(r, pending);
		if (r == &mark)
			break;
		MUST(pthread_cond_wait(&bio_done_cv, &bio_lock));
	}
	bio_ndrains--;
	TAILQ_REMOVE(&bio_pending, &mark, pending);
	MUST(pthread_mutex_unlock(&bio_lock));
}
