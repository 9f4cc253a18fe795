/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of synchronisation, with requests to synchronise. */
#include "request.h"

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
	return requests_end(fd);
}

static const char *flags_neither(void)
{
	int fd;

	OLD_OPEN(&fd);
	CHECK(rumpuser_syncfd(fd, 0, 0, 0) == RUMP_EINVAL);
	CHECK(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_BARRIER, 0, 0) == RUMP_EINVAL);
	CHECK(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_SYNC, 0, 0) == RUMP_EINVAL);
	return requests_end(fd);
}

static const char *sync_not_open(void)
{
	CHECK(rumpuser_syncfd(-1, RUMPUSER_SYNCFD_WRITE, 0, 0) == RUMP_EBADF);
	CHECK(rumpuser_syncfd(100000, RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_SYNC, 0, 0) ==
	      RUMP_EBADF);
	CHECK(rumpuser_syncfd(-1, RUMPUSER_SYNCFD_READ, 0, 0) == RUMP_EBADF);
	return NULL;
}

/* Two writes to one block with a barrier between them: the second remains. */
static const char *barrier_orders_writes(void)
{
	char *a = request_large, *b = request_large + 64 * LEN;
	int fd;

	OLD_OPEN(&fd);
	for (int i = 0; i < 100; i++) {
		memset(a, i, 64 * LEN);
		memset(b, i + 100, 64 * LEN);
		requests_forget();
		/* The first is long, the second short. */
		request_start(0, fd, RUMPUSER_BIO_WRITE, a, 64 * LEN, 0);
		CHECK(rumpuser_syncfd(fd, WRITE_BARRIER, 0, 0) == 0);
		request_start(1, fd, RUMPUSER_BIO_WRITE, b, LEN, 63 * LEN);
		requests_await(2);
		request_start(2, fd, RUMPUSER_BIO_READ, request_in[0], LEN, 63 * LEN);
		requests_await(3);
		CHECK(conf_filled(request_in[0], (char)(i + 100), LEN));
	}
	return requests_end(fd);
}

static const char *barrier_orders_reads(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned round = 0; round < 30; round++) {
		requests_forget();
		for (unsigned i = 0; i < 16; i++) {
			memset(request_out[i], (int)(round * 16 + i), LEN);
			request_start(i, fd, RUMPUSER_BIO_WRITE, request_out[i], LEN, i * LEN);
		}
		CHECK(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_BARRIER, 0, 0) ==
		      0);
		for (unsigned i = 0; i < 16; i++)
			request_start(16 + i, fd, RUMPUSER_BIO_READ, request_in[i], LEN, i * LEN);
		requests_await(32);
		for (unsigned i = 0; i < 16; i++)
			CHECK(memcmp(request_in[i], request_out[i], LEN) == 0);
	}
	return requests_end(fd);
}

static const char *sync_completes(void)
{
	struct rumpuser_iovec iov = {request_large, 32 * LEN};
	size_t done_bytes;
	int fd;

	OLD_OPEN(&fd);
	for (unsigned round = 0; round < 20; round++) {
		requests_forget();
		for (unsigned i = 0; i < 32; i++) {
			memset(request_out[i], (int)(round + i), LEN);
			request_start(i, fd, RUMPUSER_BIO_WRITE, request_out[i], LEN, i * LEN);
		}
		CHECK(rumpuser_syncfd(fd, WRITE_BARRIER | RUMPUSER_SYNCFD_SYNC, 0, 0) == 0);
		/* They are in the file now, whether done has been called or not. */
		CHECK(rumpuser_iovread(fd, &iov, 1, 0, &done_bytes) == 0);
		CHECK(done_bytes == 32 * LEN);
		for (unsigned i = 0; i < 32; i++)
			CHECK(memcmp(request_large + i * LEN, request_out[i], LEN) == 0);
		requests_await(32);
	}
	return requests_end(fd);
}

/*
 * Completions that do not end occupy what the host carries requests out with. So the last requests
 * are still to be done when syncfd is called, and it has to wait until the completions are
 * released.
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
	struct rumpuser_iovec iov = {request_large, REQUESTS * LEN};
	size_t done_bytes;

	(void)arg;
	syncing = true;
	EXPECT(rumpuser_syncfd(sync_fd, sync_flags, 0, 0) == 0);
	EXPECT(rumpuser_iovread(sync_fd, &iov, 1, 0, &done_bytes) == 0);
	EXPECT(done_bytes == REQUESTS * LEN);
	for (unsigned i = 0; i < REQUESTS; i++)
		EXPECT(memcmp(request_large + i * LEN, request_out[i], LEN) == 0);
}

static const char *waits_for_all(int flags)
{
	int fd;

	OLD_OPEN(&fd);
	sync_fd = fd;
	sync_flags = flags;
	for (unsigned i = 0; i < REQUESTS; i++) {
		memset(request_out[i], flags * 16 + (int)i + 1, LEN);
		requests[i].also = awaits_stage;
		request_start(i, fd, RUMPUSER_BIO_WRITE, request_out[i], LEN, i * LEN);
	}
	syncing = false;
	CHECK(conf_start(&conf_threads[0], syncs, NULL) == 0);
	while (!syncing)
		conf_breathe();
	for (unsigned i = 0; i < 20; i++)
		conf_breathe(); /* a call that does not wait has returned by now */
	conf_stage_set(1);
	CHECK(conf_join(&conf_threads[0]) == 0);
	requests_await(REQUESTS);
	return requests_end(fd);
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
		request_start(i, fd, RUMPUSER_BIO_WRITE, request_out[i], LEN, i * LEN);
	CHECK(rumpuser_syncfd(fd, WRITE_BARRIER | RUMPUSER_SYNCFD_SYNC, 0, 0) == 0);
	CHECK(l->scheduled && l->leaves == l->returns);
	requests_await(32);
	return requests_end(fd);
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
