/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asynchronous block I/O: a queue and a few worker threads, so that several requests are in flight.
 * A worker is made when a request finds none idle, up to BIO_WORKERS; each has an lwp of process 0
 * and calls done with a virtual CPU. Requests complete in any order, as the interface allows.
 */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <unistd.h>

#define BIO_WORKERS 8

struct bio_req {
	struct bio_req *next;
	int fd, op;
	char *data;
	size_t len;
	int64_t off;
	rump_biodone_fn done;
	void *arg;
};

static pthread_mutex_t bio_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t bio_cv = PTHREAD_COND_INITIALIZER;
static struct bio_req *bio_head, **bio_tail = &bio_head;
static unsigned bio_nworkers, bio_nidle, bio_nqueued;

/* All of it, or up to the end of the file, or an error. */
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

static void *bio_worker(void *arg)
{
	size_t done;
	int error;

	(void)arg;
	rumpuser__hyp.hyp_schedule();
	MUST(rumpuser__hyp.hyp_lwproc_newlwp(0));
	rumpuser__hyp.hyp_unschedule();
	MUST(pthread_mutex_lock(&bio_lock));
	for (;;) {
		struct bio_req *r;

		bio_nidle++;
		while (bio_head == NULL)
			MUST(pthread_cond_wait(&bio_cv, &bio_lock));
		bio_nidle--;
		r = bio_head;
		bio_head = r->next;
		if (bio_head == NULL)
			bio_tail = &bio_head;
		bio_nqueued--;
		MUST(pthread_mutex_unlock(&bio_lock));
		error = bio_transfer(r, &done);
		rumpuser__hyp.hyp_schedule();
		r->done(r->arg, done, error);
		rumpuser__hyp.hyp_unschedule();
		free(r);
		MUST(pthread_mutex_lock(&bio_lock));
	}
	return NULL;
}

void rumpuser_bio(int fd, int op, void *data, size_t len_bytes, int64_t off, rump_biodone_fn done,
		  void *arg)
{
	struct bio_req *r = malloc(sizeof(*r));
	int nlocks, error = 0;

	if (r == NULL) {
		done(arg, 0, RUMP_ENOMEM);
		return;
	}
	*r = (struct bio_req){NULL, fd, op, data, len_bytes, off, done, arg};
	hyp_leave(&nlocks, NULL);
	MUST(pthread_mutex_lock(&bio_lock));
	if (bio_nqueued >= bio_nidle && bio_nworkers < BIO_WORKERS) {
		pthread_attr_t attr;
		pthread_t thread;

		MUST(pthread_attr_init(&attr));
		MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
		error = pthread_create(&thread, &attr, bio_worker, NULL);
		pthread_attr_destroy(&attr);
		if (error == 0)
			bio_nworkers++;
	}
	if (bio_nworkers != 0) {
		*bio_tail = r;
		bio_tail = &r->next;
		bio_nqueued++;
		MUST(pthread_cond_signal(&bio_cv));
		r = NULL;
	}
	MUST(pthread_mutex_unlock(&bio_lock));
	hyp_return(nlocks, NULL);
	if (r != NULL) {
		free(r);
		done(arg, 0, errno_to_netbsd(error));
	}
}
