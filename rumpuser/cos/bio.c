/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block I/O on host files (rumpuser_bio, rumpuser_syncfd).
 *
 * Definitions. A request is a transfer (read or write), a flush or a barrier on a range of one
 * file. All requests of the component are in one list, in order of arrival, until they are done.
 *
 * I1 A request is carried out by a thread of this file, which has an lwp, never by the caller: the
 *    caller may hold locks that the completion takes.
 * I2 A request starts only when no earlier request in the list conflicts with it (conflicts):
 *	read, write	conflict if their ranges meet and one of them writes
 *	flush		waits for earlier writes to its range and for earlier flushes
 *	barrier		waits for all earlier requests in its range, and all later ones wait for it
 * I3 Requests that do not conflict are in flight together and complete in any order.
 * I4 A barrier flushes as well: that is what orders writes on the disk itself.
 * I5 A flush that fails without a waiter leaves its error with the file, and the next
 *    rumpuser_syncfd of that file returns it, once.
 *
 * States of a request and the functions that change them: pending (request_queue), running
 * (request_next), done and freed (request_do). A transfer that another thread carries out itself
 * takes a place in the list, too, and is running from the start (bio_settle).
 *
 * Threads are added when a request finds none idle (thread_ready), up to RUMP_BIO_THREADS.
 */
#include "bio.h"

#include <cos/param.h>
#include <cos/string.h>
#include <cos/thread.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "alloc.h"
#include "hyp.h"

/*
 * Default of RUMP_BIO_THREADS: enough requests in flight to keep a disk busy; and the most that are
 * accepted, since each thread has a stack.
 */
#define THREADS 8
#define THREADS_MAX 64

enum kind { KIND_READ, KIND_WRITE, KIND_FLUSH, KIND_BARRIER };

struct request {
	struct request *next, *previous;
	struct file *file;
	enum kind kind;
	bool running;
	bool stable;
	void *data;
	size_t len_bytes;
	uint64_t start, end;
	int error; /* KIND_READ, KIND_WRITE: known before it starts */
	rump_biodone_fn done;
	void *arg;
	struct sync *sync; /* KIND_FLUSH, KIND_BARRIER: the waiter, or NULL */
};

struct sync {
	bool ended;
	int error;
};

static struct cos_mutex bio_mutex;
static struct cos_cond bio_work;  /* for threads: a request may have become possible */
static struct cos_cond bio_ended; /* for those that wait for requests to end */
static struct request *first, *last;
static unsigned nthreads, nidle, npending; /* npending: requests that no thread has taken */

static bool conflicts(const struct request *earlier, const struct request *later)
{
	if (earlier->file != later->file || !earlier->file || earlier->start >= later->end ||
	    later->start >= earlier->end)
		return false;
	if (earlier->kind == KIND_BARRIER || later->kind == KIND_BARRIER)
		return true;
	if (later->kind == KIND_FLUSH)
		return earlier->kind != KIND_READ;
	if (earlier->kind == KIND_FLUSH)
		return false;
	return earlier->kind == KIND_WRITE || later->kind == KIND_WRITE;
}

static bool is_free(const struct request *r)
{
	for (const struct request *e = r->previous; e; e = e->previous)
		if (conflicts(e, r))
			return false;
	return true;
}

/* Under bio_mutex. */
static struct request *request_next(void)
{
	struct request *r = first;

	while (r && (r->running || !is_free(r)))
		r = r->next;
	if (r) {
		r->running = true;
		npending--;
	}
	return r;
}

static void request_remove(struct request *r)
{
	if (r->previous)
		r->previous->next = r->next;
	else
		first = r->next;
	if (r->next)
		r->next->previous = r->previous;
	else
		last = r->previous;
}

static void request_append(struct request *r)
{
	r->previous = last;
	r->next = NULL;
	if (last)
		last->next = r;
	else
		first = r;
	last = r;
}

static void transfer_do(struct request *r, size_t *done)
{
	*done = 0;
	if (r->error == 0)
		r->error = r->file->ops->transfer(r->file, r->kind == KIND_WRITE, r->data,
						  r->len_bytes, r->start, r->stable, done);
	rumpuser__hyp.hyp_schedule();
	r->done(r->arg, *done, r->error);
	rumpuser__hyp.hyp_unschedule();
}

static void request_do(struct request *r)
{
	size_t done;

	if (r->kind == KIND_READ || r->kind == KIND_WRITE)
		transfer_do(r, &done);
	else
		r->error = r->file->ops->flush(r->file);
	cos_mutex_lock(&bio_mutex);
	request_remove(r);
	if (r->sync) {
		r->sync->error = r->error;
		r->sync->ended = true;
	} else if (r->kind >= KIND_FLUSH && r->error) {
		r->file->flush_error = r->error;
	}
	cos_cond_broadcast(&bio_ended);
	cos_mutex_unlock(&bio_mutex);
	arena_free(r, sizeof(*r));
}

static void bio_thread(void *arg)
{
	int error = hyp_kthread();

	(void)arg;
	if (error)
		cos_panic("rumpuser: no lwp for block I/O (%d)", error);
	cos_mutex_lock(&bio_mutex);
	for (;;) {
		struct request *r = request_next();

		if (!r) {
			nidle++;
			cos_cond_wait(&bio_work, &bio_mutex);
			nidle--;
			continue;
		}
		/* If the last request was in the way of several, each thread wakes the next. */
		if (npending > 0)
			cos_cond_signal(&bio_work);
		cos_mutex_unlock(&bio_mutex);
		request_do(r);
		cos_mutex_lock(&bio_mutex);
	}
}

static unsigned threads_max(void)
{
	const char *value = cos_param("RUMP_BIO_THREADS");
	unsigned n = 0;

	for (; value && *value >= '0' && *value <= '9' && n <= THREADS_MAX; value++)
		n = 10 * n + (unsigned)(*value - '0');
	return n == 0 ? THREADS : n < THREADS_MAX ? n : THREADS_MAX;
}

/* Under bio_mutex. false: there is no thread at all. */
static bool thread_ready(void)
{
	if (npending >= nidle && nthreads < threads_max() &&
	    cos_thread_create(bio_thread, NULL, SCHED_PRIO_SERVICE) >= 0)
		nthreads++;
	return nthreads > 0;
}

static bool request_queue(struct request *r)
{
	bool queued;

	cos_mutex_lock(&bio_mutex);
	queued = thread_ready();
	if (queued) {
		request_append(r);
		npending++;
		cos_cond_signal(&bio_work);
	}
	cos_mutex_unlock(&bio_mutex);
	return queued;
}

void rumpuser_bio(int fd, int op, void *data, size_t len_bytes, int64_t off, rump_biodone_fn done,
		  void *arg)
{
	struct request *r = arena_alloc(sizeof(*r), 16);
	bool write = op & RUMPUSER_BIO_WRITE;

	if (r) {
		*r = (struct request){.kind = write ? KIND_WRITE : KIND_READ,
				      .stable = op & RUMPUSER_BIO_SYNC,
				      .data = data,
				      .len_bytes = len_bytes,
				      .start = (uint64_t)off,
				      .end = (uint64_t)off + len_bytes,
				      .done = done,
				      .arg = arg};
		r->error = file_of(fd, write, &r->file);
		if (off < 0 || write == !!(op & RUMPUSER_BIO_READ))
			r->error = RUMP_EINVAL;
		if (request_queue(r))
			return;
	}
	arena_free(r, sizeof(*r));
	done(arg, 0, RUMP_ENOMEM);
}

/*
 * The calling thread carries the transfer out by itself; its request only waits for earlier ones
 * (I2).
 */
void bio_settle(struct file *f, bool write, uint64_t off, size_t len_bytes)
{
	struct request r = {.file = f,
			    .kind = write ? KIND_WRITE : KIND_READ,
			    .running = true,
			    .start = off,
			    .end = off + len_bytes};

	if (!__atomic_load_n(&first, __ATOMIC_ACQUIRE))
		return;
	cos_mutex_lock(&bio_mutex);
	request_append(&r);
	while (!is_free(&r))
		cos_cond_wait(&bio_ended, &bio_mutex);
	request_remove(&r);
	cos_cond_signal(&bio_work);
	cos_cond_broadcast(&bio_ended);
	cos_mutex_unlock(&bio_mutex);
}

static int sync_wait(struct sync *sync)
{
	int nlocks;

	hyp_leave(&nlocks, NULL);
	cos_mutex_lock(&bio_mutex);
	while (!sync->ended)
		cos_cond_wait(&bio_ended, &bio_mutex);
	cos_mutex_unlock(&bio_mutex);
	hyp_return(nlocks, NULL);
	return sync->error;
}

/*
 * READ alone. Nothing is cached here, so a read sees writes of others anyway; only transfers under
 * way in this component have to end.
 */
static int sync_read(struct file *f, uint64_t start, uint64_t len)
{
	int nlocks;

	hyp_leave(&nlocks, NULL);
	bio_settle(f, false, start, len);
	hyp_return(nlocks, NULL);
	return 0;
}

int rumpuser_syncfd(int fd, int flags, uint64_t start, uint64_t len)
{
	bool wait = flags & RUMPUSER_SYNCFD_SYNC, barrier = flags & RUMPUSER_SYNCFD_BARRIER;
	struct sync sync = {0};
	struct request *r;
	struct file *f;
	int error;

	if (!(flags & RUMPUSER_SYNCFD_BOTH) ||
	    flags & ~(RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_BARRIER | RUMPUSER_SYNCFD_SYNC))
		return RUMP_EINVAL;
	error = file_of(fd, false, &f);
	if (error)
		error = file_of(fd, true, &f);
	if (error)
		return error;
	if (len == 0 || len > UINT64_MAX - start)
		len = UINT64_MAX - start;
	if (!(flags & RUMPUSER_SYNCFD_WRITE) && !barrier)
		return sync_read(f, start, len);
	r = arena_alloc(sizeof(*r), 16);
	if (!r)
		return RUMP_ENOMEM;
	*r = (struct request){.file = f,
			      .kind = barrier ? KIND_BARRIER : KIND_FLUSH,
			      .start = start,
			      .end = start + len,
			      .sync = wait ? &sync : NULL};
	cos_mutex_lock(&bio_mutex);
	error = f->flush_error;
	f->flush_error = 0;
	cos_mutex_unlock(&bio_mutex);
	if (!request_queue(r)) {
		arena_free(r, sizeof(*r));
		return RUMP_ENOMEM;
	}
	if (wait) {
		int failed = sync_wait(&sync);

		error = failed ? failed : error;
	}
	return error;
}
