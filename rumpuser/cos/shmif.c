/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buses in shared memory (rumpcomp_shmif.h): a file of the kind bus:NAME is mapped as memory and
 * watched for writes.
 *
 * I1 A watch is a file without a path, so rumpuser_close ends it. It records which buses it
 *    watches, and the moment up to which it has seen them. The wait itself is in the component bus,
 *    which keeps no state for it.
 * I2 A closed watch is reused and never freed: a thread may still wait by it.
 * I3 If the component bus has failed, nothing will be written any more. A waiter then waits until
 *    its watch is closed: NetBSD's interface ignores the result of a wait and would call again at
 *    once.
 */
#include "rumpcomp_shmif.h"

#include <bus/bus.h>
#include <rump/errno.h>

#include "alloc.h"
#include "bus_file.h"
#include "hyp.h"

__typeof__(bus_wait) bus_wait __attribute__((weak));

struct watch {
	struct file file;
	struct watch *next;  /* in spare, while closed */
	unsigned long buses; /* a bit for each bus */
	unsigned long seen;
	bool open;
};

static struct cos_mutex watch_mutex; /* guards all watches */
static struct cos_cond watch_closed;
static struct watch *spare;

static int watch_transfer(struct file *f, bool write, void *data, size_t len_bytes, uint64_t off,
			  bool stable, size_t *donep)
{
	(void)f, (void)write, (void)data, (void)len_bytes, (void)off, (void)stable;
	*donep = 0;
	return RUMP_EINVAL;
}

static int watch_flush(struct file *f)
{
	(void)f;
	return RUMP_EINVAL;
}

static uint64_t watch_size(struct file *f)
{
	(void)f;
	return 0;
}

static void watch_close(struct file *f)
{
	struct watch *w = (struct watch *)f;

	cos_mutex_lock(&watch_mutex);
	w->open = false;
	w->next = spare;
	spare = w;
	cos_cond_broadcast(&watch_closed);
	cos_mutex_unlock(&watch_mutex);
}

static const struct file_ops ops = {watch_transfer, watch_flush, watch_size, watch_close};

static int watch_make(unsigned long buses, unsigned long seen, int *fdp)
{
	struct watch *w;
	int error;

	cos_mutex_lock(&watch_mutex);
	w = spare;
	if (w)
		spare = w->next;
	else
		w = arena_alloc(sizeof(*w), 16);
	if (w)
		*w = (struct watch){.file.ops = &ops, .buses = buses, .seen = seen, .open = true};
	cos_mutex_unlock(&watch_mutex);
	if (!w)
		return RUMP_ENOMEM;
	error = file_describe(&w->file, fdp);
	if (error)
		watch_close(&w->file);
	return error;
}

static int watch_of(int fd, struct watch **w)
{
	struct file *f;

	if (file_of(fd, false, &f) != 0 || f->ops != &ops)
		return RUMP_EBADF;
	*w = (struct watch *)f;
	return 0;
}

int rumpcomp_shmif_watchsetup(int *watchp, int fd)
{
	struct watch *w;
	struct file *f;
	long bus, now;
	void *mem;
	int error = file_of(fd, false, &f), nlocks;

	if (error)
		return error;
	bus = bus_file_number(f, &mem);
	if (bus < 0 || !bus_wait)
		return RUMP_EOPNOTSUPP;
	if (*watchp >= 0) {
		error = watch_of(*watchp, &w);
		if (error == 0)
			__atomic_fetch_or(&w->buses, 1ul << bus, __ATOMIC_RELAXED);
		return error;
	}
	hyp_leave(&nlocks, NULL);
	now = bus_wait(0, 0);
	error = now < 0 ? hyp_errno(now) : watch_make(1ul << bus, (unsigned long)now, watchp);
	hyp_return(nlocks, NULL);
	return error;
}

static void close_await(const struct watch *w)
{
	cos_mutex_lock(&watch_mutex);
	while (w->open)
		cos_cond_wait(&watch_closed, &watch_mutex);
	cos_mutex_unlock(&watch_mutex);
}

int rumpcomp_shmif_watchwait(int watch)
{
	struct watch *w;
	int error = watch_of(watch, &w), nlocks;
	long now;

	if (error)
		return error;
	hyp_leave(&nlocks, NULL);
	now = bus_wait(__atomic_load_n(&w->buses, __ATOMIC_RELAXED),
		       __atomic_load_n(&w->seen, __ATOMIC_RELAXED));
	if (now < 0) {
		cos_log("bus: no further writes can be seen: error %ld\n", now);
		close_await(w);
	} else {
		__atomic_store_n(&w->seen, (unsigned long)now, __ATOMIC_RELAXED);
	}
	hyp_return(nlocks, NULL);
	return now < 0 ? hyp_errno(now) : 0;
}

int rumpcomp_shmif_mmap(int fd, size_t len_bytes, void **memp)
{
	struct file *f;
	int error = file_of(fd, true, &f);
	void *mem;

	if (error)
		return error;
	if (bus_file_number(f, &mem) < 0)
		return RUMP_ENODEV;
	if (len_bytes > f->ops->size(f))
		return RUMP_EFBIG;
	*memp = mem;
	return 0;
}
