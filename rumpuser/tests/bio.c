/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf.h"

#define REQUESTS 64
#define LEN 512

/* A request, and what its completion saw. Collected under done_lock. */
struct request {
	char *data;
	size_t done;
	int error, calls;
	struct lwp *lwp;
	void (*also)(struct request *r); /* in the completion, before it counts as done */
};

static struct request requests[REQUESTS];
static char out[REQUESTS][LEN], in[REQUESTS][LEN];
static char large[128 * 1024];
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

static void begin(void)
{
	memset(requests, 0, sizeof(requests));
	done_count = 0;
	rumpuser_mutex_init(&done_lock, RUMPUSER_MTX_KMUTEX);
	rumpuser_cv_init(&done_cv);
}

static void await(int count)
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

static void start(unsigned i, int fd, int op, char *data, size_t len, int64_t off)
{
	requests[i].data = data;
	rumpuser_bio(fd, op, data, len, off, done, &requests[i]);
}

static bool old_open(int *fd)
{
	if (conf_host->file_old == NULL)
		return false;
	EXPECT(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_BIO, fd) == 0);
	begin();
	return true;
}
#define OLD_OPEN(fd)                                       \
	do {                                               \
		if (!old_open(fd))                         \
			SKIP("this host has no file_old"); \
	} while (0)

static const char *finish(int fd)
{
	end();
	CHECK(rumpuser_close(fd) == 0);
	return NULL;
}

static const char *write_read(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < LEN; i++)
		out[0][i] = (char)(i * 5 + 1);
	memset(in[0], 0, LEN);
	start(0, fd, RUMPUSER_BIO_WRITE, out[0], LEN, 4096);
	await(1);
	CHECK(requests[0].error == 0 && requests[0].done == LEN);
	start(1, fd, RUMPUSER_BIO_READ, in[0], LEN, 4096);
	await(2);
	CHECK(requests[1].error == 0 && requests[1].done == LEN);
	CHECK(memcmp(in[0], out[0], LEN) == 0);
	return finish(fd);
}

static const char *in_flight(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < REQUESTS; i++) {
		memset(out[i], (int)(i + 1), LEN);
		start(i, fd, RUMPUSER_BIO_WRITE, out[i], LEN, i * LEN);
	}
	await(REQUESTS);
	memset(in, 0, sizeof(in));
	for (unsigned i = 0; i < REQUESTS; i++)
		start(REQUESTS - 1 - i, fd, RUMPUSER_BIO_READ, in[REQUESTS - 1 - i], LEN,
		      (REQUESTS - 1 - i) * LEN);
	await(2 * REQUESTS);
	for (unsigned i = 0; i < REQUESTS; i++) {
		CHECK(requests[i].error == 0 && requests[i].done == LEN);
		CHECK(conf_filled(in[i], (int)(i + 1), LEN));
	}
	return finish(fd);
}

static const char *exactly_once(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < REQUESTS; i++)
		start(i, fd, RUMPUSER_BIO_READ, in[i], LEN, i * LEN);
	await(REQUESTS);
	conf_breathe();
	for (unsigned i = 0; i < REQUESTS; i++)
		CHECK(requests[i].calls == 1);
	return finish(fd);
}

/* A completion that ran in the caller would find the lock held by itself. */
static void takes_lock(struct request *r)
{
	struct rumpuser_mtx **held = (struct rumpuser_mtx **)(void *)r->data;

	rumpuser_mutex_enter(*held);
	rumpuser_mutex_exit(*held);
}

static const char *returns_at_once(void)
{
	static struct rumpuser_mtx *held;
	int fd;

	OLD_OPEN(&fd);
	rumpuser_mutex_init(&held, RUMPUSER_MTX_KMUTEX);
	memcpy(in[0], &held, sizeof(held));
	rumpuser_mutex_enter(held);
	for (unsigned i = 0; i < 4; i++) {
		requests[i].also = takes_lock;
		start(i, fd, RUMPUSER_BIO_WRITE, in[0], LEN, i * LEN);
	}
	CHECK(done_count == 0);
	rumpuser_mutex_exit(held);
	await(4);
	rumpuser_mutex_destroy(held);
	return finish(fd);
}

static const char *in_context(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < 16; i++)
		start(i, fd, RUMPUSER_BIO_READ, in[i], LEN, i * LEN);
	await(16);
	for (unsigned i = 0; i < 16; i++)
		CHECK(requests[i].lwp != NULL && requests[i].lwp != rumpuser_curlwp());
	return finish(fd);
}

static void sleeps(struct request *r)
{
	struct lwp *l = rumpuser_curlwp();
	int leaves = l->leaves;

	(void)r;
	conf_breathe();
	EXPECT(l->leaves == leaves + 1 && l->returns == l->leaves);
}

static const char *may_sleep(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < 8; i++) {
		requests[i].also = sleeps;
		start(i, fd, RUMPUSER_BIO_READ, in[i], LEN, i * LEN);
	}
	await(8);
	return finish(fd);
}

/* Each completion waits for the one after it. */
static void awaits_next(struct request *r)
{
	int i = (int)(r - requests), n = (int)conf_host->bio_parallel;

	conf_stage_wait(n - i - 1);
	conf_stage_set(n - i);
}

static const char *parallel(void)
{
	unsigned n = conf_host->bio_parallel;
	int fd;

	if (n < 2 || n > REQUESTS)
		SKIP("the harness names no number");
	OLD_OPEN(&fd);
	conf_cpus(n + 1);
	for (unsigned i = 0; i < n; i++) {
		requests[i].also = awaits_next;
		start(i, fd, RUMPUSER_BIO_READ, in[i], LEN, i * LEN);
	}
	await((int)n);
	return finish(fd);
}

static int chain_fd;

static void starts_next(struct request *r)
{
	unsigned i = (unsigned)(r - requests);

	if (i + 1 < REQUESTS)
		start(i + 1, chain_fd, RUMPUSER_BIO_READ, in[i + 1], LEN, (i + 1) * LEN);
}

static const char *chain(void)
{
	OLD_OPEN(&chain_fd);
	for (unsigned i = 0; i < REQUESTS; i++)
		requests[i].also = starts_next;
	start(0, chain_fd, RUMPUSER_BIO_READ, in[0], LEN, 0);
	await(REQUESTS);
	return finish(chain_fd);
}

static const char *one_cpu(void)
{
	int fd;

	OLD_OPEN(&fd);
	conf_cpus(1);
	for (unsigned i = 0; i < REQUESTS; i++)
		start(i, fd, RUMPUSER_BIO_READ, in[i], LEN, i * LEN);
	await(REQUESTS);
	return finish(fd);
}

static const char *long_transfer(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (char)(i ^ i >> 9);
	start(0, fd, RUMPUSER_BIO_WRITE | RUMPUSER_BIO_SYNC, large, sizeof(large), 1024);
	await(1);
	CHECK(requests[0].error == 0 && requests[0].done == sizeof(large));
	memset(large, 0, sizeof(large));
	start(1, fd, RUMPUSER_BIO_READ, large, sizeof(large), 1024);
	await(2);
	CHECK(requests[1].error == 0 && requests[1].done == sizeof(large));
	for (size_t i = 0; i < sizeof(large); i++)
		CHECK(large[i] == (char)(i ^ i >> 9));
	return finish(fd);
}

static const char *at_end(void)
{
	int64_t last = (int64_t)conf_host->file_len_bytes;
	int fd;

	OLD_OPEN(&fd);
	start(0, fd, RUMPUSER_BIO_READ, in[0], LEN, last);
	start(1, fd, RUMPUSER_BIO_READ, large, 2 * LEN, last - LEN);
	await(2);
	CHECK(requests[0].error == 0 && requests[0].done == 0);
	CHECK(requests[1].error == 0 && requests[1].done == LEN);
	return finish(fd);
}

static const char *not_open(void)
{
	begin();
	start(0, -1, RUMPUSER_BIO_READ, in[0], LEN, 0);
	start(1, 100000, RUMPUSER_BIO_WRITE, out[0], LEN, 0);
	await(2);
	CHECK(requests[0].error == RUMP_EBADF && requests[0].done == 0);
	CHECK(requests[1].error == RUMP_EBADF && requests[1].done == 0);
	end();
	return NULL;
}

static const char *negative(void)
{
	int fd;

	OLD_OPEN(&fd);
	start(0, fd, RUMPUSER_BIO_READ, in[0], LEN, -LEN);
	await(1);
	CHECK(requests[0].error == RUMP_EINVAL && requests[0].done == 0);
	return finish(fd);
}

static const char *read_only(void)
{
	int fd;

	if (conf_host->file_old == NULL)
		SKIP("this host has no file_old");
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY | RUMPUSER_OPEN_BIO, &fd) ==
	      0);
	begin();
	start(0, fd, RUMPUSER_BIO_WRITE, out[0], LEN, 0);
	await(1);
	CHECK(requests[0].error == RUMP_EBADF && requests[0].done == 0);
	return finish(fd);
}

static const char *faulty(void)
{
	int fd;

	if (conf_host->path_faulty == NULL)
		SKIP("this host has no path_faulty");
	CHECK(rumpuser_open(conf_host->path_faulty, RUMPUSER_OPEN_RDONLY | RUMPUSER_OPEN_BIO,
			    &fd) == 0);
	begin();
	for (unsigned i = 0; i < 8; i++)
		start(i, fd, RUMPUSER_BIO_READ, in[i], LEN, conf_host->faulty_off);
	await(8);
	for (unsigned i = 0; i < 8; i++)
		CHECK(requests[i].error == conf_host->faulty_error && requests[i].done == 0);
	return finish(fd);
}

static const struct conf_check bio_checks[] = {
	{"a block written is the block read (Files and I/O, bio)", write_read},
	{"64 requests under way at once all come to their places (Files and I/O, bio)", in_flight},
	{"done is called once a request (Files and I/O, bio)", exactly_once},
	{"bio returns at once: done may need a lock that the caller holds (Files and I/O, bio)",
	 returns_at_once},
	{"done runs in a thread of the host with an lwp, scheduled (Upcalls and rump kernel "
	 "context)",
	 in_context},
	{"done may sleep, and gives the virtual CPU up meanwhile (Upcalls and rump kernel context)",
	 may_sleep},
	{"a request does not wait for the completion of another (Files and I/O, bio)", parallel},
	{"done may start the next request, 64 in a chain (Files and I/O, bio)", chain},
	{"requests complete with a single virtual CPU (Upcalls and rump kernel context)", one_cpu},
	{"128 KiB are one request, written through with SYNC (Files and I/O, bio)", long_transfer},
	{"a read ends with the file, and gives nothing beyond (Files and I/O, bio)", at_end},
	{"a descriptor that is not open: EBADF to done (Return values)", not_open},
	{"a negative offset: EINVAL to done (Return values)", negative},
	{"a write to what was opened RDONLY: EBADF to done (Return values)", read_only},
	{"an I/O error comes to done as NetBSD's number, nothing as done (Return values)", faulty},
};
const struct conf_section conf_bio = SECTION("bio", bio_checks);

/* Synchronisation, which needs requests to synchronise. */

#define WRITE_BARRIER (RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_BARRIER)

static const char *flags_valid(void)
{
	static const int valid[] = {RUMPUSER_SYNCFD_READ,
				    RUMPUSER_SYNCFD_WRITE,
				    RUMPUSER_SYNCFD_BOTH,
				    RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_SYNC,
				    RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_BARRIER,
				    WRITE_BARRIER | RUMPUSER_SYNCFD_SYNC};
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < sizeof(valid) / sizeof(valid[0]); i++) {
		CHECK(rumpuser_syncfd(fd, valid[i], 0, 0) == 0);
		CHECK(rumpuser_syncfd(fd, valid[i], 4096, 1024) == 0);
	}
	return finish(fd);
}

static const char *flags_neither(void)
{
	int fd;

	OLD_OPEN(&fd);
	CHECK(rumpuser_syncfd(fd, 0, 0, 0) == RUMP_EINVAL);
	CHECK(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_BARRIER, 0, 0) == RUMP_EINVAL);
	CHECK(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_SYNC, 0, 0) == RUMP_EINVAL);
	return finish(fd);
}

static const char *sync_not_open(void)
{
	CHECK(rumpuser_syncfd(-1, RUMPUSER_SYNCFD_WRITE, 0, 0) == RUMP_EBADF);
	CHECK(rumpuser_syncfd(100000, RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_SYNC, 0, 0) ==
	      RUMP_EBADF);
	CHECK(rumpuser_syncfd(-1, RUMPUSER_SYNCFD_READ, 0, 0) == RUMP_EBADF);
	return NULL;
}

/* Two writes to one block, a barrier between: the second one stays. */
static const char *barrier_orders_writes(void)
{
	char *a = large, *b = large + 64 * LEN;
	int fd;

	OLD_OPEN(&fd);
	for (int i = 0; i < 100; i++) {
		memset(a, i, 64 * LEN);
		memset(b, i + 100, 64 * LEN);
		done_count = 0;
		/* The first is long, the second short. */
		start(0, fd, RUMPUSER_BIO_WRITE, a, 64 * LEN, 0);
		CHECK(rumpuser_syncfd(fd, WRITE_BARRIER, 0, 0) == 0);
		start(1, fd, RUMPUSER_BIO_WRITE, b, LEN, 63 * LEN);
		await(2);
		start(2, fd, RUMPUSER_BIO_READ, in[0], LEN, 63 * LEN);
		await(3);
		CHECK(conf_filled(in[0], (char)(i + 100), LEN));
	}
	return finish(fd);
}

static const char *barrier_orders_reads(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned round = 0; round < 30; round++) {
		done_count = 0;
		for (unsigned i = 0; i < 16; i++) {
			memset(out[i], (int)(round * 16 + i), LEN);
			start(i, fd, RUMPUSER_BIO_WRITE, out[i], LEN, i * LEN);
		}
		CHECK(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_BARRIER, 0, 0) ==
		      0);
		for (unsigned i = 0; i < 16; i++)
			start(16 + i, fd, RUMPUSER_BIO_READ, in[i], LEN, i * LEN);
		await(32);
		for (unsigned i = 0; i < 16; i++)
			CHECK(memcmp(in[i], out[i], LEN) == 0);
	}
	return finish(fd);
}

static const char *sync_completes(void)
{
	struct rumpuser_iovec iov = {large, 32 * LEN};
	size_t done_bytes;
	int fd;

	OLD_OPEN(&fd);
	for (unsigned round = 0; round < 20; round++) {
		done_count = 0;
		for (unsigned i = 0; i < 32; i++) {
			memset(out[i], (int)(round + i), LEN);
			start(i, fd, RUMPUSER_BIO_WRITE, out[i], LEN, i * LEN);
		}
		CHECK(rumpuser_syncfd(fd, WRITE_BARRIER | RUMPUSER_SYNCFD_SYNC, 0, 0) == 0);
		/* They are in the file now, whether or not done has been called. */
		CHECK(rumpuser_iovread(fd, &iov, 1, 0, &done_bytes) == 0);
		CHECK(done_bytes == 32 * LEN);
		for (unsigned i = 0; i < 32; i++)
			CHECK(memcmp(large + i * LEN, out[i], LEN) == 0);
		await(32);
	}
	return finish(fd);
}

/*
 * Completions that do not end hold what the host has to carry out requests with; so those at the
 * end are still to be done when syncfd is called, and it has to wait until the completions are let
 * go.
 */
static int sync_fd, sync_flags;
static _Atomic bool syncing;

static void awaits_stage(struct request *r)
{
	(void)r;
	conf_stage_wait(1);
}

static void syncs(void *arg)
{
	struct rumpuser_iovec iov = {large, REQUESTS * LEN};
	size_t done_bytes;

	(void)arg;
	syncing = true;
	EXPECT(rumpuser_syncfd(sync_fd, sync_flags, 0, 0) == 0);
	EXPECT(rumpuser_iovread(sync_fd, &iov, 1, 0, &done_bytes) == 0);
	EXPECT(done_bytes == REQUESTS * LEN);
	for (unsigned i = 0; i < REQUESTS; i++)
		EXPECT(memcmp(large + i * LEN, out[i], LEN) == 0);
}

static const char *waits_for_all(int flags)
{
	int fd;

	OLD_OPEN(&fd);
	sync_fd = fd;
	sync_flags = flags;
	for (unsigned i = 0; i < REQUESTS; i++) {
		memset(out[i], flags * 16 + (int)i + 1, LEN);
		requests[i].also = awaits_stage;
		start(i, fd, RUMPUSER_BIO_WRITE, out[i], LEN, i * LEN);
	}
	syncing = false;
	CHECK(conf_start(&conf_threads[0], syncs, NULL) == 0);
	while (!syncing)
		conf_breathe();
	for (unsigned i = 0; i < 20; i++)
		conf_breathe(); /* what does not wait is through by now */
	conf_stage_set(1);
	CHECK(conf_join(&conf_threads[0]) == 0);
	await(REQUESTS);
	return finish(fd);
}

static const char *sync_waits(void)
{
	return waits_for_all(RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC);
}

static const char *write_barrier_waits(void)
{
	return waits_for_all(WRITE_BARRIER);
}

static const char *read_barrier_waits(void)
{
	return waits_for_all(RUMPUSER_SYNCFD_READ | RUMPUSER_SYNCFD_BARRIER);
}

static const char *barrier_gives_cpu(void)
{
	struct lwp *l = rumpuser_curlwp();
	int fd;

	OLD_OPEN(&fd);
	conf_cpus(1);
	for (unsigned i = 0; i < 32; i++)
		start(i, fd, RUMPUSER_BIO_WRITE, out[i], LEN, i * LEN);
	CHECK(rumpuser_syncfd(fd, WRITE_BARRIER | RUMPUSER_SYNCFD_SYNC, 0, 0) == 0);
	CHECK(l->scheduled && l->leaves == l->returns);
	await(32);
	return finish(fd);
}

static const struct conf_check sync_checks[] = {
	{"all combinations of READ, WRITE, BARRIER and SYNC are taken (Files and I/O, syncfd)",
	 flags_valid},
	{"neither READ nor WRITE is EINVAL (Files and I/O, syncfd)", flags_neither},
	{"a descriptor that is not open is EBADF (Return values)", sync_not_open},
	{"a write after the barrier comes after one before it (Files and I/O, syncfd)",
	 barrier_orders_writes},
	{"a read after the barrier sees the writes before it (Files and I/O, syncfd)",
	 barrier_orders_reads},
	{"with SYNC the writes are done when syncfd returns (Files and I/O, syncfd)",
	 sync_completes},
	{"WRITE and SYNC wait for each write that was asked for (Files and I/O, syncfd)",
	 sync_waits},
	{"a barrier of writes holds reads back for each of them (Files and I/O, syncfd)",
	 write_barrier_waits},
	{"a barrier of reads holds them back for each write (Files and I/O, syncfd)",
	 read_barrier_waits},
	{"syncfd gives way to completions when there is one CPU (Upcalls and rump kernel context)",
	 barrier_gives_cpu},
};
const struct conf_section conf_sync = SECTION("sync", sync_checks);
