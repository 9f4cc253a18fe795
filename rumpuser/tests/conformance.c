/* SPDX-License-Identifier: BSD-2-Clause */
#include "conformance.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rump/errno.h>

#include "rumpuser.h"

#define STR2(x) #x
#define STR(x) STR2(x)
#define CHECK(cond)                                              \
	do {                                                     \
		if (!(cond))                                     \
			return "line " STR(__LINE__) ": " #cond; \
	} while (0)

const char *rumpuser_test_path;

/* Stand-ins for lwps: a host only keeps and compares the pointers. */
static char lwp_space[4];
static struct lwp *lwp_of(unsigned i)
{
	return (struct lwp *)&lwp_space[i];
}

static _Atomic int leaves, returns;

static void up_nothing(void)
{
}

static void up_leave(int nlocks, int *countp, void *interlock)
{
	(void)nlocks;
	(void)interlock;
	if (countp != NULL)
		*countp = 7;
	leaves++;
}

static void up_return(int nlocks, void *interlock)
{
	(void)nlocks;
	(void)interlock;
	returns++;
}

static int up_newlwp(int32_t pid)
{
	(void)pid;
	return 0;
}

static const struct rumpuser_hyperup upcalls = {
	.hyp_schedule = up_nothing,
	.hyp_unschedule = up_nothing,
	.hyp_backend_unschedule = up_leave,
	.hyp_backend_schedule = up_return,
	.hyp_lwproc_newlwp = up_newlwp,
};

static const char *case_init(void)
{
	CHECK(rumpuser_init(RUMPUSER_VERSION + 1, &upcalls) != 0);
	CHECK(rumpuser_init(RUMPUSER_VERSION, &upcalls) == 0);
	return NULL;
}

static const char *case_memory(void)
{
	unsigned char *p;
	void *mem;

	for (int align = 8; align <= 65536; align *= 2) {
		CHECK(rumpuser_malloc(1000, align, &mem) == 0);
		CHECK(((uintptr_t)mem & ((uintptr_t)align - 1)) == 0);
		for (p = mem; p < (unsigned char *)mem + 1000; p++)
			*p = 0xa5;
		rumpuser_free(mem, 1000);
	}
	CHECK(rumpuser_anonmmap(NULL, 65536, 16, 0, &mem) == 0);
	CHECK(((uintptr_t)mem & 0xffff) == 0);
	for (p = mem; p < (unsigned char *)mem + 65536; p++)
		CHECK(*p == 0);
	rumpuser_unmap(mem, 65536);
	return NULL;
}

static const char *case_clock(void)
{
	int64_t s1, s2;
	long n1, n2;

	CHECK(rumpuser_clock_gettime(RUMPUSER_CLOCK_RELWALL, &s1, &n1) == 0);
	CHECK(n1 >= 0 && n1 < 1000000000);
	CHECK(rumpuser_clock_gettime(99, &s1, &n1) == RUMP_EINVAL);
	CHECK(rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &s1, &n1) == 0);
	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 2000000) == 0);
	CHECK(rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &s2, &n2) == 0);
	CHECK((s2 - s1) * 1000000000 + n2 - n1 >= 2000000);
	/* Until a time that has passed: at once. */
	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, s1, n1) == 0);
	return NULL;
}

static const char *case_parameters(void)
{
	char buf[64], tiny[1];

	CHECK(rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)) == 0);
	CHECK(buf[0] >= '1' && buf[0] <= '9');
	CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, buf, sizeof(buf)) == 0);
	CHECK(rumpuser_getparam(RUMPUSER_PARAM_NCPU, tiny, sizeof(tiny)) == RUMP_E2BIG);
	CHECK(rumpuser_getparam("RUMP_NO_SUCH_PARAMETER", buf, sizeof(buf)) == RUMP_ENOENT);
	return NULL;
}

static const char *case_random(void)
{
	unsigned char a[64] = {0}, b[64] = {0};
	size_t got;
	bool differ = false;

	CHECK(rumpuser_getrandom(a, sizeof(a), 0, &got) == 0 && got == sizeof(a));
	CHECK(rumpuser_getrandom(b, sizeof(b), 0, &got) == 0 && got == sizeof(b));
	for (size_t i = 0; i < sizeof(a); i++)
		differ |= a[i] != b[i];
	CHECK(differ);
	return NULL;
}

static const char *case_curlwp(void)
{
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, lwp_of(0));
	CHECK(rumpuser_curlwp() == NULL);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, lwp_of(0));
	CHECK(rumpuser_curlwp() == lwp_of(0));
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, lwp_of(0));
	CHECK(rumpuser_curlwp() == NULL);
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, lwp_of(0));
	return NULL;
}

/* A second thread, and what the two share. */
static struct rumpuser_mtx *mtx;
static struct rumpuser_cv *cv;
static struct rumpuser_rw *rw;
static _Atomic int stage;
static long counter;

static void *thread_adds(void *arg)
{
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, arg);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, arg);
	for (int i = 0; i < 20000; i++) {
		rumpuser_mutex_enter(mtx);
		counter++;
		rumpuser_mutex_exit(mtx);
	}
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, arg);
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, arg);
	return NULL;
}

static const char *case_mutex(void)
{
	static const int kinds[] = {RUMPUSER_MTX_KMUTEX, RUMPUSER_MTX_SPIN,
				    RUMPUSER_MTX_KMUTEX | RUMPUSER_MTX_SPIN};
	void *cookie[2];
	struct lwp *owner;

	for (unsigned k = 0; k < 3; k++) {
		rumpuser_mutex_init(&mtx, kinds[k]);
		counter = 0;
		leaves = returns = 0;
		for (unsigned i = 0; i < 2; i++)
			CHECK(rumpuser_thread_create(thread_adds, lwp_of(i), "adds", 1, -1, -1,
						     &cookie[i]) == 0);
		for (unsigned i = 0; i < 2; i++)
			CHECK(rumpuser_thread_join(cookie[i]) == 0);
		CHECK(counter == 40000);
		CHECK(leaves == returns);
		CHECK(rumpuser_mutex_tryenter(mtx) == 0);
		CHECK(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
		rumpuser_mutex_exit(mtx);
		rumpuser_mutex_destroy(mtx);
	}
	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, lwp_of(0));
	rumpuser_curlwpop(RUMPUSER_LWP_SET, lwp_of(0));
	rumpuser_mutex_enter(mtx);
	rumpuser_mutex_owner(mtx, &owner);
	CHECK(owner == lwp_of(0));
	rumpuser_mutex_exit(mtx);
	rumpuser_mutex_owner(mtx, &owner);
	CHECK(owner == NULL);
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, lwp_of(0));
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, lwp_of(0));
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static void *thread_answers(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(mtx);
	for (int i = 0; i < 1000; i++) {
		while (stage % 2 == 0)
			rumpuser_cv_wait(cv, mtx);
		stage++;
		rumpuser_cv_signal(cv);
	}
	rumpuser_mutex_exit(mtx);
	return NULL;
}

static const char *case_cv(void)
{
	int64_t s1, s2;
	long n1, n2;
	void *cookie;
	int waiters;

	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_cv_init(&cv);
	stage = leaves = returns = 0;
	CHECK(rumpuser_thread_create(thread_answers, NULL, "answers", 1, -1, -1, &cookie) == 0);
	rumpuser_mutex_enter(mtx);
	for (int i = 0; i < 1000; i++) {
		stage++;
		rumpuser_cv_signal(cv);
		while (stage % 2 == 1)
			rumpuser_cv_wait(cv, mtx);
	}
	rumpuser_mutex_exit(mtx);
	CHECK(rumpuser_thread_join(cookie) == 0);
	CHECK(stage == 2000);
	CHECK(leaves > 0 && leaves == returns); /* a wait gives the virtual CPU up */
	rumpuser_mutex_enter(mtx);
	rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &s1, &n1);
	CHECK(rumpuser_cv_timedwait(cv, mtx, 0, 3000000) == RUMP_ETIMEDOUT);
	rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &s2, &n2);
	CHECK((s2 - s1) * 1000000000 + n2 - n1 >= 3000000);
	rumpuser_cv_has_waiters(cv, &waiters);
	CHECK(waiters == 0);
	rumpuser_mutex_exit(mtx);
	rumpuser_cv_destroy(cv);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static void *thread_mixes(void *arg)
{
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, arg);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, arg);
	for (int i = 0; i < 5000; i++) {
		if (i % 3 != 0) {
			rumpuser_rw_enter(RUMPUSER_RW_READER, rw);
			if (counter % 2 != 0)
				stage = -1; /* a writer was inside */
			if (i % 9 == 1 && rumpuser_rw_tryupgrade(rw) == 0) {
				counter++;
				counter++;
			}
		} else {
			rumpuser_rw_enter(RUMPUSER_RW_WRITER, rw);
			counter++;
			counter++;
			if (i % 2 == 0)
				rumpuser_rw_downgrade(rw);
		}
		rumpuser_rw_exit(rw);
	}
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, arg);
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, arg);
	return NULL;
}

static const char *case_rwlock(void)
{
	void *cookie[3];
	int held;

	rumpuser_rw_init(&rw);
	stage = 0;
	counter = 0;
	for (unsigned i = 0; i < 3; i++)
		CHECK(rumpuser_thread_create(thread_mixes, lwp_of(i), "mixes", 1, -1, -1,
					     &cookie[i]) == 0);
	for (unsigned i = 0; i < 3; i++)
		CHECK(rumpuser_thread_join(cookie[i]) == 0);
	CHECK(stage == 0);
	CHECK(rumpuser_rw_tryenter(RUMPUSER_RW_READER, rw) == 0);
	CHECK(rumpuser_rw_tryenter(RUMPUSER_RW_READER, rw) == 0);
	CHECK(rumpuser_rw_tryenter(RUMPUSER_RW_WRITER, rw) == RUMP_EBUSY);
	CHECK(rumpuser_rw_tryupgrade(rw) == RUMP_EBUSY);
	rumpuser_rw_held(RUMPUSER_RW_READER, rw, &held);
	CHECK(held);
	rumpuser_rw_exit(rw);
	rumpuser_rw_exit(rw);
	rumpuser_rw_held(RUMPUSER_RW_READER, rw, &held);
	CHECK(!held);
	CHECK(rumpuser_rw_tryenter(RUMPUSER_RW_WRITER, rw) == 0);
	CHECK(rumpuser_rw_tryenter(RUMPUSER_RW_READER, rw) == RUMP_EBUSY);
	rumpuser_rw_held(RUMPUSER_RW_WRITER, rw, &held);
	CHECK(held);
	rumpuser_rw_downgrade(rw);
	CHECK(rumpuser_rw_tryenter(RUMPUSER_RW_READER, rw) == 0);
	rumpuser_rw_exit(rw);
	rumpuser_rw_exit(rw);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static struct {
	_Atomic int count, errors;
	_Atomic size_t bytes;
} bio;

static void bio_done(void *arg, size_t done, int error)
{
	(void)arg;
	bio.bytes += done;
	bio.errors += error != 0;
	rumpuser_mutex_enter(mtx);
	bio.count++;
	rumpuser_cv_signal(cv);
	rumpuser_mutex_exit(mtx);
}

static void bio_wait(int count)
{
	rumpuser_mutex_enter(mtx);
	while (bio.count < count)
		rumpuser_cv_wait(cv, mtx);
	rumpuser_mutex_exit(mtx);
}

static const char *case_files(void)
{
	static char out[16][512], in[16][512];
	struct rumpuser_iovec iov = {out, 512};
	uint64_t size;
	size_t done;
	int fd, type, mode = RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_BIO;

	if (rumpuser_test_path == NULL)
		return NULL;
	CHECK(rumpuser_open(rumpuser_test_path, mode, &fd) == RUMP_ENOENT);
	CHECK(rumpuser_open(rumpuser_test_path, mode | RUMPUSER_OPEN_CREATE, &fd) == 0);
	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_cv_init(&cv);
	for (int i = 0; i < 16; i++) { /* all in flight at once */
		for (int j = 0; j < 512; j++)
			out[i][j] = (char)(i * 31 + j);
		rumpuser_bio(fd, RUMPUSER_BIO_WRITE | RUMPUSER_BIO_SYNC, out[i], 512, i * 512L,
			     bio_done, NULL);
	}
	bio_wait(16);
	for (int i = 15; i >= 0; i--)
		rumpuser_bio(fd, RUMPUSER_BIO_READ, in[i], 512, i * 512L, bio_done, NULL);
	bio_wait(32);
	CHECK(bio.errors == 0 && bio.bytes == 32 * 512);
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 512; j++)
			CHECK(in[i][j] == out[i][j]);
	rumpuser_bio(fd, RUMPUSER_BIO_READ, in[0], 512, 16 * 512L, bio_done, NULL);
	bio_wait(33);
	CHECK(bio.errors == 0 && bio.bytes == 32 * 512); /* past the end: nothing */
	CHECK(rumpuser_getfileinfo(rumpuser_test_path, &size, &type) == 0);
	CHECK(size == 16 * 512 && type == RUMPUSER_FT_REG);
	CHECK(rumpuser_iovwrite(fd, &iov, 1, 512, &done) == 0 && done == 512);
	iov.iov_base = in;
	CHECK(rumpuser_iovread(fd, &iov, 1, 512, &done) == 0 && done == 512);
	CHECK(in[0][5] == out[0][5]);
	CHECK(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_BOTH | RUMPUSER_SYNCFD_SYNC, 0, 0) == 0);
	CHECK(rumpuser_syncfd(fd, 0, 0, 0) == RUMP_EINVAL);
	CHECK(rumpuser_close(fd) == 0);
	CHECK(rumpuser_close(fd) == RUMP_EBADF);
	rumpuser_cv_destroy(cv);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

const struct rumpuser_case rumpuser_cases[] = {
	{"init", case_init},	 {"memory", case_memory},
	{"clock", case_clock},	 {"parameters", case_parameters},
	{"random", case_random}, {"curlwp", case_curlwp},
	{"mutex", case_mutex},	 {"cv", case_cv},
	{"rwlock", case_rwlock}, {"files", case_files},
};
const size_t rumpuser_ncases = sizeof(rumpuser_cases) / sizeof(rumpuser_cases[0]);
