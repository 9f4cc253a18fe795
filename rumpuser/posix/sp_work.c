/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers of the system-call proxy: threads that make clients' system calls, each with an lwp of
 * the client's process for the time of the call.
 *
 * I1 A worker is made when a call finds none idle, up to WORKERS_MAX, since a call may sleep for
 *    any time. It ends if WORKERS_IDLE_MAX are idle.
 * I2 A call that can get no worker waits for one.
 */
#include "sp_client.h"

#include <rump/errno.h>
#include <string.h>

/* What clients can make the server spend: a thread with its stack for each call that sleeps. */
#define WORKERS_MAX 128
/* Kept for the next calls: a burst does not leave all its threads behind. */
#define WORKERS_IDLE_MAX 16

struct work {
	STAILQ_ENTRY(work) queued;
	struct sp_client *client;
	struct sp_header header;
	void *body;
};

/* What the calling worker does. NULL: nothing, or its client has been answered. */
static _Thread_local struct work *current;

static pthread_mutex_t work_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_cv = PTHREAD_COND_INITIALIZER;
static STAILQ_HEAD(, work) work_queue = STAILQ_HEAD_INITIALIZER(work_queue);
static unsigned nworkers, nidle, nqueued;

static void syscall_do(struct work *w)
{
	long retval[2] = {0, 0};
	int error;

	rumpuser__hyp.hyp_schedule();
	error = rumpuser__hyp.hyp_lwproc_newlwp(w->client->pid);
	rumpuser__hyp.hyp_unschedule();
	if (error == 0) {
		current = w;
		rumpuser__hyp.hyp_schedule();
		error = w->header.value <= INT32_MAX
				? rumpuser__hyp.hyp_syscall((int)w->header.value, w->body, retval)
				: RUMP_ENOSYS;
		rumpuser__hyp.hyp_unschedule();
		rumpuser_component_kthread_release();
		if (current == NULL)
			return; /* answered already */
		current = NULL;
	}
	sp_respond_syscall(w->client, &w->header, error, retval);
}

/*
 * All other lwps of the process are leaving. When they have left, it becomes a new program.
 */
static void exec_do(struct work *w)
{
	struct sp_client *c = w->client;
	int32_t zero = 0;

	MUST(pthread_mutex_lock(&c->lock));
	while (c->calls != 0)
		MUST(pthread_cond_wait(&c->idle, &c->lock));
	MUST(pthread_mutex_unlock(&c->lock));
	rumpuser_component_switchlwp(c->mainlwp);
	rumpuser__hyp.hyp_schedule();
	rumpuser__hyp.hyp_execnotify(w->body);
	rumpuser__hyp.hyp_unschedule();
	rumpuser_component_switchlwp(NULL);
	MUST(pthread_mutex_lock(&c->lock));
	c->execing = false;
	MUST(pthread_mutex_unlock(&c->lock));
	sp_respond(c, &w->header, &zero, sizeof(zero));
}

static void work_do(struct work *w)
{
	struct sp_client *c = w->client;
	bool exec = w->header.type == SP_HANDSHAKE;

	if (exec)
		exec_do(w);
	else
		syscall_do(w);
	MUST(pthread_mutex_lock(&c->lock));
	if (!exec)
		c->calls--;
	c->works--;
	MUST(pthread_cond_broadcast(&c->idle));
	MUST(pthread_mutex_unlock(&c->lock));
	free(w->body);
	free(w);
}

static void *worker(void *arg)
{
	struct work *w;

	(void)arg;
	MUST(pthread_mutex_lock(&work_lock));
	while (nidle < WORKERS_IDLE_MAX || nqueued > nidle) {
		nidle++;
		while ((w = STAILQ_FIRST(&work_queue)) == NULL)
			MUST(pthread_cond_wait(&work_cv, &work_lock));
		nidle--;
		STAILQ_REMOVE_HEAD(&work_queue, queued);
		nqueued--;
		MUST(pthread_mutex_unlock(&work_lock));
		work_do(w);
		MUST(pthread_mutex_lock(&work_lock));
	}
	nworkers--;
	MUST(pthread_mutex_unlock(&work_lock));
	return NULL;
}

/* With work_lock. If no worker can be made, the work waits for an existing one. */
static void worker_make(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	MUST(pthread_attr_init(&attr));
	MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	if (pthread_create(&thread, &attr, worker, NULL) == 0)
		nworkers++;
	pthread_attr_destroy(&attr);
}

static void client_count(struct sp_client *c, const struct sp_header *h)
{
	MUST(pthread_mutex_lock(&c->lock));
	c->works++;
	if (h->type == SP_SYSCALL)
		c->calls++;
	MUST(pthread_mutex_unlock(&c->lock));
}

bool sp_work(struct sp_client *c, const struct sp_header *h, void *body)
{
	struct work *w = malloc(sizeof(*w));
	bool queued;

	if (w == NULL)
		return false;
	*w = (struct work){.client = c, .header = *h, .body = body};
	MUST(pthread_mutex_lock(&work_lock));
	if (nqueued >= nidle && nworkers < WORKERS_MAX)
		worker_make();
	queued = nworkers > 0;
	if (queued) {
		client_count(c, h);
		STAILQ_INSERT_TAIL(&work_queue, w, queued);
		nqueued++;
		MUST(pthread_cond_signal(&work_cv));
	}
	MUST(pthread_mutex_unlock(&work_lock));
	if (!queued)
		free(w);
	return queued;
}

void sp_work_wait(struct sp_client *c)
{
	MUST(pthread_mutex_lock(&c->lock));
	while (c->works != 0)
		MUST(pthread_cond_wait(&c->idle, &c->lock));
	MUST(pthread_mutex_unlock(&c->lock));
}

void sp_work_answer(void)
{
	static const long none[2];
	struct work *w = current;

	if (w == NULL)
		return;
	current = NULL;
	sp_respond_syscall(w->client, &w->header, 0, none);
}
