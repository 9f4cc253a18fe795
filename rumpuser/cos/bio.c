/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block I/O on host files. A host file is memory (file.c), so a request takes as long as a copy;
 * still it is done by a thread of its own, with an lwp, and not in the caller, who may hold locks
 * that the completion takes.
 */
#include <cos/string.h>
#include <cos/thread.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "alloc.h"
#include "file.h"
#include "hyp.h"

struct request {
	struct request *next;
	int fd;
	int op;
	void *data;
	size_t len_bytes;
	int64_t off;
	rump_biodone_fn done;
	void *arg;
};

static struct cos_mutex bio_mutex;
static struct cos_cond bio_cond;
static struct request *bio_first, *bio_last;
static bool bio_started;

static struct request *request_next(void)
{
	struct request *r;

	cos_mutex_lock(&bio_mutex);
	while (!bio_first)
		cos_cond_wait(&bio_cond, &bio_mutex);
	r = bio_first;
	bio_first = r->next;
	cos_mutex_unlock(&bio_mutex);
	return r;
}

static void bio_thread(void *arg)
{
	int error = hyp_kthread();

	(void)arg;
	if (error)
		cos_panic("rumpuser: no lwp for block I/O (%d)", error);
	for (;;) {
		struct request *r = request_next();
		size_t done;

		error = file_transfer(r->fd, r->op & RUMPUSER_BIO_WRITE, r->data, r->len_bytes,
				      r->off, &done);
		rumpuser__hyp.hyp_schedule();
		r->done(r->arg, done, error);
		rumpuser__hyp.hyp_unschedule();
		arena_free(r, sizeof(*r));
	}
}

/* bio_mutex is held. */
static bool bio_start(void)
{
	if (!bio_started)
		bio_started = cos_thread_create(bio_thread, NULL, SCHED_PRIO_SERVICE) >= 0;
	return bio_started;
}

void rumpuser_bio(int fd, int op, void *data, size_t len_bytes, int64_t off, rump_biodone_fn done,
		  void *arg)
{
	struct request *r = arena_alloc(sizeof(*r), 16);
	bool queued;

	if (r)
		*r = (struct request){.fd = fd,
				      .op = op,
				      .data = data,
				      .len_bytes = len_bytes,
				      .off = off,
				      .done = done,
				      .arg = arg};
	cos_mutex_lock(&bio_mutex);
	queued = r && bio_start();
	if (queued) {
		if (bio_first)
			bio_last->next = r;
		else
			bio_first = r;
		bio_last = r;
		cos_cond_signal(&bio_cond);
	}
	cos_mutex_unlock(&bio_mutex);
	if (!queued) {
		arena_free(r, sizeof(*r));
		done(arg, 0, RUMP_ENOMEM);
	}
}
