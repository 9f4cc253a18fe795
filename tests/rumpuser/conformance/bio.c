/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of rumpuser_bio: completions, their context (rumpuser.h, I3) and requests in flight
 * together.
 */
#include "request.h"

static const char *write_read(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < LEN; i++)
		request_out[0][i] = (char)(i * 5 + 1);
	memset(request_in[0], 0, LEN);
	request_start(0, fd, RUMPUSER_BIO_WRITE, request_out[0], LEN, 4096);
	requests_await(1);
	CHECK(requests[0].error == 0 && requests[0].done == LEN);
	request_start(1, fd, RUMPUSER_BIO_READ, request_in[0], LEN, 4096);
	requests_await(2);
	CHECK(requests[1].error == 0 && requests[1].done == LEN);
	CHECK(memcmp(request_in[0], request_out[0], LEN) == 0);
	return requests_end(fd);
}

static const char *in_flight(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < REQUESTS; i++) {
		memset(request_out[i], (int)(i + 1), LEN);
		request_start(i, fd, RUMPUSER_BIO_WRITE, request_out[i], LEN, i * LEN);
	}
	requests_await(REQUESTS);
	memset(request_in, 0, sizeof(request_in));
	for (unsigned i = 0; i < REQUESTS; i++)
		request_start(REQUESTS - 1 - i, fd, RUMPUSER_BIO_READ, request_in[REQUESTS - 1 - i],
			      LEN, (REQUESTS - 1 - i) * LEN);
	requests_await(2 * REQUESTS);
	for (unsigned i = 0; i < REQUESTS; i++) {
		CHECK(requests[i].error == 0 && requests[i].done == LEN);
		CHECK(conf_filled(request_in[i], (int)(i + 1), LEN));
	}
	return requests_end(fd);
}

static const char *exactly_once(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < REQUESTS; i++)
		request_start(i, fd, RUMPUSER_BIO_READ, request_in[i], LEN, i * LEN);
	requests_await(REQUESTS);
	conf_breathe();
	for (unsigned i = 0; i < REQUESTS; i++)
		CHECK(requests[i].calls == 1);
	return requests_end(fd);
}

/* A completion that ran in the caller would find the caller holding the lock (rumpuser.h, I3). */
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
	memcpy(request_in[0], &held, sizeof(held));
	rumpuser_mutex_enter(held);
	for (unsigned i = 0; i < 4; i++) {
		requests[i].also = takes_lock;
		request_start(i, fd, RUMPUSER_BIO_WRITE, request_in[0], LEN, i * LEN);
	}
	CHECK(requests_done() == 0);
	rumpuser_mutex_exit(held);
	requests_await(4);
	rumpuser_mutex_destroy(held);
	return requests_end(fd);
}

static const char *in_context(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (unsigned i = 0; i < 16; i++)
		request_start(i, fd, RUMPUSER_BIO_READ, request_in[i], LEN, i * LEN);
	requests_await(16);
	for (unsigned i = 0; i < 16; i++)
		CHECK(requests[i].lwp != NULL && requests[i].lwp != rumpuser_curlwp());
	return requests_end(fd);
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
		request_start(i, fd, RUMPUSER_BIO_READ, request_in[i], LEN, i * LEN);
	}
	requests_await(8);
	return requests_end(fd);
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
		request_start(i, fd, RUMPUSER_BIO_READ, request_in[i], LEN, i * LEN);
	}
	requests_await((int)n);
	return requests_end(fd);
}

static int chain_fd;

static void starts_next(struct request *r)
{
	unsigned i = (unsigned)(r - requests);

	if (i + 1 < REQUESTS)
		request_start(i + 1, chain_fd, RUMPUSER_BIO_READ, request_in[i + 1], LEN,
			      (i + 1) * LEN);
}

static const char *chain(void)
{
	OLD_OPEN(&chain_fd);
	for (unsigned i = 0; i < REQUESTS; i++)
		requests[i].also = starts_next;
	request_start(0, chain_fd, RUMPUSER_BIO_READ, request_in[0], LEN, 0);
	requests_await(REQUESTS);
	return requests_end(chain_fd);
}

static const char *one_cpu(void)
{
	int fd;

	OLD_OPEN(&fd);
	conf_cpus(1);
	for (unsigned i = 0; i < REQUESTS; i++)
		request_start(i, fd, RUMPUSER_BIO_READ, request_in[i], LEN, i * LEN);
	requests_await(REQUESTS);
	return requests_end(fd);
}

static const char *long_transfer(void)
{
	int fd;

	OLD_OPEN(&fd);
	for (size_t i = 0; i < sizeof(request_large); i++)
		request_large[i] = (char)(i ^ i >> 9);
	request_start(0, fd, RUMPUSER_BIO_WRITE | RUMPUSER_BIO_SYNC, request_large,
		      sizeof(request_large), 1024);
	requests_await(1);
	CHECK(requests[0].error == 0 && requests[0].done == sizeof(request_large));
	memset(request_large, 0, sizeof(request_large));
	request_start(1, fd, RUMPUSER_BIO_READ, request_large, sizeof(request_large), 1024);
	requests_await(2);
	CHECK(requests[1].error == 0 && requests[1].done == sizeof(request_large));
	for (size_t i = 0; i < sizeof(request_large); i++)
		CHECK(request_large[i] == (char)(i ^ i >> 9));
	return requests_end(fd);
}

static const char *at_end(void)
{
	int64_t last = (int64_t)conf_host->file_len_bytes;
	int fd;

	OLD_OPEN(&fd);
	request_start(0, fd, RUMPUSER_BIO_READ, request_in[0], LEN, last);
	request_start(1, fd, RUMPUSER_BIO_READ, request_large, 2 * LEN, last - LEN);
	requests_await(2);
	CHECK(requests[0].error == 0 && requests[0].done == 0);
	CHECK(requests[1].error == 0 && requests[1].done == LEN);
	return requests_end(fd);
}

static const char *not_open(void)
{
	requests_begin();
	request_start(0, -1, RUMPUSER_BIO_READ, request_in[0], LEN, 0);
	request_start(1, 100000, RUMPUSER_BIO_WRITE, request_out[0], LEN, 0);
	requests_await(2);
	CHECK(requests[0].error == RUMP_EBADF && requests[0].done == 0);
	CHECK(requests[1].error == RUMP_EBADF && requests[1].done == 0);
	return requests_end(-1);
}

static const char *negative(void)
{
	int fd;

	OLD_OPEN(&fd);
	request_start(0, fd, RUMPUSER_BIO_READ, request_in[0], LEN, -LEN);
	requests_await(1);
	CHECK(requests[0].error == RUMP_EINVAL && requests[0].done == 0);
	return requests_end(fd);
}

static const char *read_only(void)
{
	int fd;

	if (conf_host->file_old == NULL)
		SKIP("this host has no file_old");
	CHECK(rumpuser_open(conf_host->file_old, RUMPUSER_OPEN_RDONLY | RUMPUSER_OPEN_BIO, &fd) ==
	      0);
	requests_begin();
	request_start(0, fd, RUMPUSER_BIO_WRITE, request_out[0], LEN, 0);
	requests_await(1);
	CHECK(requests[0].error == RUMP_EBADF && requests[0].done == 0);
	return requests_end(fd);
}

static const char *faulty(void)
{
	int fd;

	if (conf_host->path_faulty == NULL)
		SKIP("this host has no path_faulty");
	CHECK(rumpuser_open(conf_host->path_faulty, RUMPUSER_OPEN_RDONLY | RUMPUSER_OPEN_BIO,
			    &fd) == 0);
	requests_begin();
	for (unsigned i = 0; i < 8; i++)
		request_start(i, fd, RUMPUSER_BIO_READ, request_in[i], LEN, conf_host->faulty_off);
	requests_await(8);
	for (unsigned i = 0; i < 8; i++)
		CHECK(requests[i].error == conf_host->faulty_error && requests[i].done == 0);
	return requests_end(fd);
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
