/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of rumpuser_bio under way (request.h). */
#include "request.h"

struct request requests[REQUESTS];
char request_out[REQUESTS][LEN], request_in[REQUESTS][LEN], request_large[256 * LEN];
static struct rumpuser_mtx *done_lock;
static struct rumpuser_cv *done_cv;
static int done_count;

static void done(void *arg, size_t done_bytes, int error)
{
	struct request *r = arg;
	struct lwp *l = rumpuser_curlwp();

	EXPECT(l != NULL && l->scheduled);
	if (r->also != NULL)
		r->also(r);
	rumpuser_mutex_enter(done_lock);
	r->done = done_bytes;
	r->error = error;
	r->calls++;
	r->lwp = l;
	done_count++;
	rumpuser_cv_broadcast(done_cv);
	rumpuser_mutex_exit(done_lock);
}

void requests_begin(void)
{
	memset(requests, 0, sizeof(requests));
	done_count = 0;
	rumpuser_mutex_init(&done_lock, RUMPUSER_MTX_KMUTEX);
	rumpuser_cv_init(&done_cv);
}

void requests_await(int count)
{
	rumpuser_mutex_enter(done_lock);
	while (done_count < count)
		rumpuser_cv_wait(done_cv, done_lock);
	rumpuser_mutex_exit(done_lock);
}

static void end(void)
{
	rumpuser_cv_destroy(done_cv);
	rumpuser_mutex_destroy(done_lock);
}

void request_start(unsigned i, int fd, int op, char *data, size_t len, int64_t off)
{
	requests[i].data = data;
	rumpuser_bio(fd, op, data, len, off, done, &requests[i]);
}

bool requests_begin_old(int *fd)
{
	if (conf_host->file_old == NULL)
		return false;
	EXPECT(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_BIO, fd) == 0);
	requests_begin();
	return true;
}

const char *requests_end(int fd)
{
	end();
	CHECK(fd < 0 || rumpuser_close(fd) == 0);
	return NULL;
}

void requests_forget(void)
{
	rumpuser_mutex_enter(done_lock);
	done_count = 0;
	rumpuser_mutex_exit(done_lock);
}

int requests_done(void)
{
	int count;

	rumpuser_mutex_enter(done_lock);
	count = done_count;
	rumpuser_mutex_exit(done_lock);
	return count;
}
