/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared by the files of the suite: how a check is written, threads, and the rump kernel below the
 * checks.
 */
#ifndef RUMPUSER_TESTS_CONF_H
#define RUMPUSER_TESTS_CONF_H

#include <stdatomic.h>

#include <rump/errno.h>

#include "conformance.h"
#include "rumpuser.h"

void *memcpy(void *restrict dst, const void *restrict src, size_t len);
void *memset(void *dst, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

/*
 * A check runs with an lwp and a virtual CPU. It returns NULL, what was wrong, or SKIP. It leaves
 * things as it found them: the runner also fails a check that ends without its virtual CPU or its
 * lwp.
 */
struct conf_check {
	const char *says;
	const char *(*run)(void);
};

struct conf_section {
	const char *name;
	const struct conf_check *checks;
	size_t nchecks;
};
#define SECTION(name, checks)                                      \
	{                                                          \
		name, checks, sizeof(checks) / sizeof((checks)[0]) \
	}

extern const struct conf_section conf_init, conf_upcalls, conf_memory, conf_anonmmap, conf_file,
	conf_iov, conf_bio, conf_sync, conf_clock, conf_param, conf_exit, conf_console, conf_kill,
	conf_random, conf_thread, conf_lwp, conf_mutex, conf_rwlock, conf_cv, conf_cv_order,
	conf_cv_time, conf_dl, conf_daemon, conf_component, conf_shmif, conf_sp, conf_stress,
	conf_pci;

#define CONF_STR2(x) #x
#define CONF_STR(x) CONF_STR2(x)
#define CHECK(cond)                                                       \
	do {                                                              \
		if (!(cond))                                              \
			return "line " CONF_STR(__LINE__) ": not " #cond; \
	} while (0)
/* The same in a thread or an upcall: recorded, and reported when the check ends. */
#define EXPECT(cond)                                                           \
	do {                                                                   \
		if (!(cond))                                                   \
			conf_wrong("line " CONF_STR(__LINE__) ": not " #cond); \
	} while (0)
void conf_wrong(const char *what);
/* The first failure that was recorded, or NULL; it is forgotten then. */
const char *conf_wrong_take(void);
/* why: a string that stays valid. */
const char *conf_skip(const char *why);
#define SKIP(why) return conf_skip(why)

extern const struct conf_host *conf_host;

/*
 * The rump kernel below the checks. Opaque to the host. The counts are of upcalls made by the lwp's
 * thread.
 */
struct lwp {
	_Atomic int leaves, returns; /* backend_unschedule, backend_schedule */
	_Atomic bool scheduled;
	_Atomic(void *) interlock; /* of the last leave */
	int nlocks;		   /* passed out at the last leave */
	/* A mutex to try at the next backend_schedule, and the result of tryenter. */
	struct rumpuser_mtx *probe;
	_Atomic int probe_result;
	bool implicit;
};

/*
 * Set the number of virtual CPUs: 2 when a check begins. Called by the only thread, which holds
 * one.
 */
void conf_cpus(unsigned n);
/*
 * Take and release a virtual CPU, as hyp_schedule and hyp_unschedule do for a thread with an lwp.
 */
void conf_cpu_take(void);
void conf_cpu_drop(void);
/* Wait until that lwp's thread has left so many times: it is blocked, or is about to be. */
void conf_leaves_wait(struct lwp *l, int leaves);
/* A number that only grows, 0 when a check begins. It synchronises threads. */
void conf_stage_set(int stage);
void conf_stage_wait(int stage);

/* Sleep a little, so that another thread gets as far as it can; no check relies on it. */
void conf_breathe(void);
/* The monotonic clock. */
int64_t conf_now_ns(void);

extern const struct rumpuser_hyperup conf_upcalls_table;
/* 0, or the host's answer to version 17. Makes what the upcalls need. */
int conf_upcalls_init(void);
void conf_upcalls_reset(void);
/* Bind a zeroed lwp to the calling thread, and unbind it; no virtual CPU is involved. */
void conf_lwp_bind(struct lwp *l);
void conf_lwp_unbind(struct lwp *l);
/* How often the upcalls on processes were called, since the check began. */
struct conf_calls {
	_Atomic int newlwp, release, switches, rfork, lwpexit, execnotify;
	_Atomic int32_t newlwp_pid;
	_Atomic(struct lwp *) switched_to;
};
extern struct conf_calls conf_calls;

/* A joinable thread with an lwp of its own, scheduled, as a rump kernel's threads are. */
struct conf_thread {
	struct lwp lwp;
	void (*fn)(void *);
	void *arg;
	void *cookie;
};
/* 0 or rumpuser_thread_create's error. */
int conf_start(struct conf_thread *t, void (*fn)(void *), void *arg);
int conf_join(struct conf_thread *t);
#define CONF_THREADS 64
extern struct conf_thread conf_threads[CONF_THREADS];

/* Memory. */
bool conf_aligned(const void *mem, size_t align);
bool conf_filled(const void *mem, int byte, size_t len);
/* Take everything by get, in steps, and put it back; returns get's last result. */
int conf_exhaust(int (*get)(size_t len, void **memp), void (*put)(void *, size_t));

#endif
