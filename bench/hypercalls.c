/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cost of each hypercall without contention. There is no rump kernel: its upcalls do nothing,
 * and the thread's lwp is an opaque object.
 */
#include "bench.h"
#include "rumpuser.h"

#include <stdbool.h>

#define OFTEN 2000
#define SELDOM 100
#define RARELY 20
#define PAGE 4096
#define MUST(call)                                     \
	do {                                           \
		int must_error = (call);               \
		if (must_error)                        \
			bench_fail(#call, must_error); \
	} while (0)

static char lwp_place[64];
static struct lwp *const lwp = (struct lwp *)lwp_place;
static struct rumpuser_mtx *kmutex, *spin, *both;
static struct rumpuser_rw *rw;
static struct rumpuser_cv *cv, *bio_cv;
static char page[PAGE];
static int fd;

static void up_nothing(void)
{
}

static void up_unschedule(int nlocks, int *countp, void *interlock)
{
	(void)nlocks;
	(void)interlock;
	if (countp)
		*countp = 0;
}

static void up_schedule(int nlocks, void *interlock)
{
	(void)nlocks;
	(void)interlock;
}

static void up_switch(struct lwp *l)
{
	(void)l;
}

static int up_newlwp(int32_t pid)
{
	(void)pid;
	return 0;
}

static const struct rumpuser_hyperup up = {
	.hyp_schedule = up_nothing,
	.hyp_unschedule = up_nothing,
	.hyp_backend_unschedule = up_unschedule,
	.hyp_backend_schedule = up_schedule,
	.hyp_lwproc_switch = up_switch,
	.hyp_lwproc_release = up_nothing,
	.hyp_lwproc_newlwp = up_newlwp,
	.hyp_lwproc_curlwp = rumpuser_curlwp,
};

/* Calls with more than one step. */

static void lwp_rebind(void)
{
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, lwp);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, lwp);
}

static inline void enter_exit(struct rumpuser_mtx *mtx)
{
	rumpuser_mutex_enter(mtx);
	rumpuser_mutex_exit(mtx);
}

static void nowrap_exit(struct rumpuser_mtx *mtx)
{
	rumpuser_mutex_enter_nowrap(mtx);
	rumpuser_mutex_exit(mtx);
}

static void try_exit(struct rumpuser_mtx *mtx)
{
	if (rumpuser_mutex_tryenter(mtx) == 0)
		rumpuser_mutex_exit(mtx);
}

static struct lwp *owner_of(struct rumpuser_mtx *mtx)
{
	struct lwp *owner;

	rumpuser_mutex_owner(mtx, &owner);
	return owner;
}

static void mutex_life(void)
{
	struct rumpuser_mtx *mtx;

	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_mutex_destroy(mtx);
}

static void rw_enter_exit(int how)
{
	rumpuser_rw_enter(how, rw);
	rumpuser_rw_exit(rw);
}

static void rw_try_exit(int how)
{
	if (rumpuser_rw_tryenter(how, rw) == 0)
		rumpuser_rw_exit(rw);
}

static void rw_up_down(void)
{
	if (rumpuser_rw_tryupgrade(rw) == 0)
		rumpuser_rw_downgrade(rw);
}

static int rw_held(int how)
{
	int held;

	rumpuser_rw_held(how, rw, &held);
	return held;
}

static void rw_life(void)
{
	struct rumpuser_rw *made;

	rumpuser_rw_init(&made);
	rumpuser_rw_destroy(made);
}

static int cv_waiters(void)
{
	int waiters;

	rumpuser_cv_has_waiters(cv, &waiters);
	return waiters;
}

static void cv_life(void)
{
	struct rumpuser_cv *made;

	rumpuser_cv_init(&made);
	rumpuser_cv_destroy(made);
}

static void malloc_free(size_t len, int alignment)
{
	void *mem;

	if (rumpuser_malloc(len, alignment, &mem) == 0)
		rumpuser_free(mem, len);
}

static void map_unmap(void)
{
	void *mem;

	if (rumpuser_anonmmap(NULL, PAGE, 0, 0, &mem) == 0)
		rumpuser_unmap(mem, PAGE);
}

static void clock_get(int clock)
{
	int64_t sec;
	long nsec;

	rumpuser_clock_gettime(clock, &sec, &nsec);
}

static void param_get(void)
{
	char value[16];

	rumpuser_getparam(RUMPUSER_PARAM_NCPU, value, sizeof(value));
}

static void random_get(int flags)
{
	char value[32];
	size_t got;

	rumpuser_getrandom(value, sizeof(value), flags, &got);
}

static void *thread_nothing(void *arg)
{
	return arg;
}

static void thread_life(void)
{
	void *cookie;

	MUST(rumpuser_thread_create(thread_nothing, NULL, "bench", 1, -1, -1, &cookie));
	MUST(rumpuser_thread_join(cookie));
}

static void file_info(void)
{
	uint64_t size;
	int type;

	rumpuser_getfileinfo(bench_path(), &size, &type);
}

static void file_open_close(void)
{
	int other;

	MUST(rumpuser_open(bench_path(), RUMPUSER_OPEN_RDONLY, &other));
	rumpuser_close(other);
}

static void file_read(void)
{
	struct rumpuser_iovec iov = {page, PAGE};
	size_t done;

	MUST(rumpuser_iovread(fd, &iov, 1, 0, &done));
}

static void file_write(void)
{
	struct rumpuser_iovec iov = {page, PAGE};
	size_t done;

	MUST(rumpuser_iovwrite(fd, &iov, 1, 0, &done));
}

static bool bio_over; /* spin */

static void bio_done(void *arg, size_t done, int error)
{
	(void)arg;
	if (done != PAGE || error)
		bench_fail("rumpuser_bio", error);
	rumpuser_mutex_enter_nowrap(spin);
	bio_over = true;
	rumpuser_cv_signal(bio_cv);
	rumpuser_mutex_exit(spin);
}

static void bio_read(void)
{
	bio_over = false;
	rumpuser_bio(fd, RUMPUSER_BIO_READ, page, PAGE, 0, bio_done, &bio_over);
	rumpuser_mutex_enter_nowrap(spin);
	while (!bio_over)
		rumpuser_cv_wait_nowrap(bio_cv, spin);
	rumpuser_mutex_exit(spin);
}

BENCH_LOOP(loop_curlwp, rumpuser_curlwp())
BENCH_LOOP(loop_curlwpop, lwp_rebind())
BENCH_LOOP(loop_kmutex, enter_exit(kmutex))
BENCH_LOOP(loop_spin, enter_exit(spin))
BENCH_LOOP(loop_both, enter_exit(both))
BENCH_LOOP(loop_nowrap, nowrap_exit(spin))
BENCH_LOOP(loop_try, try_exit(kmutex))
BENCH_LOOP(loop_owner, owner_of(kmutex))
BENCH_LOOP(loop_mutex_life, mutex_life())
BENCH_LOOP(loop_reader, rw_enter_exit(RUMPUSER_RW_READER))
BENCH_LOOP(loop_writer, rw_enter_exit(RUMPUSER_RW_WRITER))
BENCH_LOOP(loop_rw_try, rw_try_exit(RUMPUSER_RW_WRITER))
BENCH_LOOP(loop_updown, rw_up_down())
BENCH_LOOP(loop_rw_held, rw_held(RUMPUSER_RW_WRITER))
BENCH_LOOP(loop_rw_life, rw_life())
BENCH_LOOP(loop_signal, rumpuser_cv_signal(cv))
BENCH_LOOP(loop_broadcast, rumpuser_cv_broadcast(cv))
BENCH_LOOP(loop_waiters, cv_waiters())
BENCH_LOOP(loop_cv_life, cv_life())
BENCH_LOOP(loop_malloc64, malloc_free(64, 0))
BENCH_LOOP(loop_malloc2k, malloc_free(2048, 64))
BENCH_LOOP(loop_malloc_page, malloc_free(PAGE, PAGE))
BENCH_LOOP(loop_map, map_unmap())
BENCH_LOOP(loop_mono, clock_get(RUMPUSER_CLOCK_ABSMONO))
BENCH_LOOP(loop_wall, clock_get(RUMPUSER_CLOCK_RELWALL))
BENCH_LOOP(loop_sleep, rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, 0, 1))
BENCH_LOOP(loop_param, param_get())
BENCH_LOOP(loop_seterrno, rumpuser_seterrno(2))
BENCH_LOOP(loop_random, random_get(0))
BENCH_LOOP(loop_random_hard, random_get(RUMPUSER_RANDOM_HARD | RUMPUSER_RANDOM_NOWAIT))
BENCH_LOOP(loop_kill, rumpuser_kill(RUMPUSER_PID_SELF, 0))
BENCH_LOOP(loop_thread, thread_life())
BENCH_LOOP(loop_info, file_info())
BENCH_LOOP(loop_open, file_open_close())
BENCH_LOOP(loop_read, file_read())
BENCH_LOOP(loop_write, file_write())
BENCH_LOOP(loop_bio, bio_read())

static void synchronisation(void)
{
	bench_loop("curlwp", loop_curlwp, OFTEN);
	bench_loop("curlwpop CLEAR + SET", loop_curlwpop, OFTEN);
	bench_loop("mutex_enter + exit, KMUTEX", loop_kmutex, OFTEN);
	bench_loop("mutex_enter + exit, SPIN", loop_spin, OFTEN);
	bench_loop("mutex_enter + exit, SPIN and KMUTEX", loop_both, OFTEN);
	bench_loop("mutex_enter_nowrap + exit, SPIN", loop_nowrap, OFTEN);
	bench_loop("mutex_tryenter + exit, KMUTEX", loop_try, OFTEN);
	bench_loop("mutex_owner", loop_owner, OFTEN);
	bench_loop("mutex_init + destroy", loop_mutex_life, OFTEN);
	bench_loop("rw_enter + exit, reader", loop_reader, OFTEN);
	bench_loop("rw_enter + exit, writer", loop_writer, OFTEN);
	bench_loop("rw_tryenter + exit, writer", loop_rw_try, OFTEN);
	rumpuser_rw_enter(RUMPUSER_RW_READER, rw);
	if (rumpuser_rw_tryupgrade(rw) == 0) {
		rumpuser_rw_downgrade(rw);
		bench_loop("rw_tryupgrade + downgrade", loop_updown, OFTEN);
	} else {
		bench_none("rw_tryupgrade + downgrade", "never granted");
	}
	rumpuser_rw_exit(rw);
	bench_loop("rw_held", loop_rw_held, OFTEN);
	bench_loop("rw_init + destroy", loop_rw_life, OFTEN);
	bench_loop("cv_signal, no waiter", loop_signal, OFTEN);
	bench_loop("cv_broadcast, no waiter", loop_broadcast, OFTEN);
	bench_loop("cv_has_waiters", loop_waiters, OFTEN);
	bench_loop("cv_init + destroy", loop_cv_life, OFTEN);
	bench_loop("thread_create + join", loop_thread, RARELY);
}

static void others(void)
{
	bench_loop("malloc + free, 64 bytes", loop_malloc64, OFTEN);
	bench_loop("malloc + free, 2 KiB", loop_malloc2k, OFTEN);
	bench_loop("malloc + free, a page", loop_malloc_page, OFTEN);
	bench_loop("anonmmap + unmap, a page", loop_map, SELDOM);
	bench_loop("clock_gettime, ABSMONO", loop_mono, OFTEN);
	bench_loop("clock_gettime, RELWALL", loop_wall, OFTEN);
	bench_loop("clock_sleep, time has passed", loop_sleep, SELDOM);
	bench_loop("getparam", loop_param, OFTEN);
	bench_loop("seterrno", loop_seterrno, OFTEN);
	bench_loop("kill, signal 0", loop_kill, OFTEN);
	bench_loop("getrandom, 32 bytes", loop_random, OFTEN);
	bench_loop("getrandom, 32 bytes, HARD", loop_random_hard, SELDOM);
	bench_loop("getfileinfo", loop_info, SELDOM);
	bench_loop("open + close", loop_open, RARELY);
	bench_loop("iovread, 4 KiB", loop_read, SELDOM);
	bench_loop("iovwrite, 4 KiB", loop_write, SELDOM);
	bench_loop("bio and its completion, read 4 KiB", loop_bio, SELDOM);
}

void bench_run(void)
{
	MUST(rumpuser_init(RUMPUSER_VERSION, &up));
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, lwp);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, lwp);
	rumpuser_mutex_init(&kmutex, RUMPUSER_MTX_KMUTEX);
	rumpuser_mutex_init(&spin, RUMPUSER_MTX_SPIN);
	rumpuser_mutex_init(&both, RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX);
	rumpuser_rw_init(&rw);
	rumpuser_cv_init(&cv);
	rumpuser_cv_init(&bio_cv);
	MUST(rumpuser_open(bench_path(),
			   RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE | RUMPUSER_OPEN_BIO, &fd));
	file_write();
	synchronisation();
	others();
	rumpuser_close(fd);
}
