/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rumpuser(3), version 17: the hypercalls, everything a rump kernel asks of its host. The binary
 * interface is NetBSD's, so that a host written to this header runs NetBSD's rump kernel as well as
 * the one in rump/, and either rump kernel runs on any host.
 *
 * Conventions
 *  1. A hypercall that can fail returns 0 or a positive NetBSD errno (rump/errno.h).
 *  2. A hypercall that may block releases the caller's virtual CPU first, by the upcall
 *     hyp_backend_unschedule, and takes one again by hyp_backend_schedule before it returns. Those
 *     named _nowrap, and spin mutexes, do not: the caller holds them for a few instructions only.
 *  3. A hypercall that completes later (rumpuser_bio) calls back from a thread of the host that has
 *     an lwp and a virtual CPU.
 *  4. Opaque objects (struct rumpuser_mtx and so on) are the host's; the kernel keeps pointers.
 */
#ifndef RUMPUSER_H
#define RUMPUSER_H

#include <stddef.h>
#include <stdint.h>

struct lwp;

#define RUMPUSER_VERSION 17

/*
 * The upcalls, handed over by rumpuser_init.
 *
 * schedule/unschedule: enter and leave the rump kernel with an implicit lwp when the thread has
 * none. backend_unschedule(0, &nlocks, interlock): leave the virtual CPU, count of big locks in
 * *nlocks; backend_schedule(nlocks, interlock): the way back. interlock is the mutex of a cv wait,
 * or NULL.
 */
struct rumpuser_hyperup {
	void (*hyp_schedule)(void);
	void (*hyp_unschedule)(void);
	void (*hyp_backend_unschedule)(int nlocks, int *countp, void *interlock);
	void (*hyp_backend_schedule)(int nlocks, void *interlock);
	void (*hyp_lwproc_switch)(struct lwp *l);
	void (*hyp_lwproc_release)(void);
	int (*hyp_lwproc_rfork)(void *client, int flags, const char *comm);
	int (*hyp_lwproc_newlwp)(int32_t pid);
	struct lwp *(*hyp_lwproc_curlwp)(void);
	int (*hyp_syscall)(int num, void *args, long *retval);
	void (*hyp_lwpexit)(void);
	void (*hyp_execnotify)(const char *comm);
	int32_t (*hyp_getpid)(void);
	void *hyp__extra[8];
};

/* First call. 0, or non-zero when the host does not speak this version. hyp stays the caller's. */
int rumpuser_init(int version, const struct rumpuser_hyperup *hyp);

/* Memory. Alignment is in bytes, 0 for the host's default. Fails with ENOMEM. */
int rumpuser_malloc(size_t len_bytes, int alignment, void **memp);
void rumpuser_free(void *mem, size_t len_bytes);
/* Whole pages, zeroed; prefer is a wish or NULL; alignbit is log2 of the alignment or 0. */
int rumpuser_anonmmap(void *prefer, size_t len_bytes, int alignbit, int exec, void **memp);
void rumpuser_unmap(void *addr, size_t len_bytes);

/* Files of the host. A descriptor is a small non-negative int. */
#define RUMPUSER_OPEN_RDONLY 0x0000
#define RUMPUSER_OPEN_WRONLY 0x0001
#define RUMPUSER_OPEN_RDWR 0x0002
#define RUMPUSER_OPEN_ACCMODE 0x0003
#define RUMPUSER_OPEN_CREATE 0x0004
#define RUMPUSER_OPEN_EXCL 0x0008
#define RUMPUSER_OPEN_BIO 0x0010 /* will be used with rumpuser_bio */
int rumpuser_open(const char *path, int mode, int *fdp);
int rumpuser_close(int fd);

#define RUMPUSER_FT_OTHER 0
#define RUMPUSER_FT_DIR 1
#define RUMPUSER_FT_REG 2
#define RUMPUSER_FT_BLK 3
#define RUMPUSER_FT_CHR 4
/* Size in bytes (also of a block device) and type; either pointer may be NULL. */
int rumpuser_getfileinfo(const char *path, uint64_t *sizep, int *ftp);

#define RUMPUSER_BIO_READ 0x01
#define RUMPUSER_BIO_WRITE 0x02
#define RUMPUSER_BIO_SYNC 0x04 /* with WRITE: on stable storage before done is called */
typedef void (*rump_biodone_fn)(void *arg, size_t done_bytes, int error);
/* Asynchronous; done is called exactly once. data stays valid until then. Offsets are in bytes. */
void rumpuser_bio(int fd, int op, void *data, size_t len_bytes, int64_t off, rump_biodone_fn done,
		  void *arg);

struct rumpuser_iovec {
	void *iov_base;
	size_t iov_len;
};
#define RUMPUSER_IOV_NOSEEK -1 /* as off: use and move the descriptor's own position */
int rumpuser_iovread(int fd, struct rumpuser_iovec *iov, size_t iovlen, int64_t off, size_t *donep);
int rumpuser_iovwrite(int fd, const struct rumpuser_iovec *iov, size_t iovlen, int64_t off,
		      size_t *donep);

#define RUMPUSER_SYNCFD_READ 0x01
#define RUMPUSER_SYNCFD_WRITE 0x02
#define RUMPUSER_SYNCFD_BOTH (RUMPUSER_SYNCFD_READ | RUMPUSER_SYNCFD_WRITE)
#define RUMPUSER_SYNCFD_BARRIER 0x04
#define RUMPUSER_SYNCFD_SYNC 0x08
/*
 * Order or complete I/O of a range (len 0: to the end). READ, WRITE or both, else EINVAL. BARRIER:
 * requests made before are done before those made after; SYNC: before it returns. EBADF.
 */
int rumpuser_syncfd(int fd, int flags, uint64_t start, uint64_t len);

/* Clocks: RELWALL is time of day (a sleep is relative), ABSMONO monotonic (a sleep is until). */
enum rumpclock { RUMPUSER_CLOCK_RELWALL, RUMPUSER_CLOCK_ABSMONO };
int rumpuser_clock_gettime(int clock, int64_t *sec, long *nsec);
int rumpuser_clock_sleep(int clock, int64_t sec, long nsec);

/* Parameters by name, as strings; the two below always exist. ENOENT, or E2BIG when it is longer.
 */
#define RUMPUSER_PARAM_NCPU "_RUMPUSER_NCPU"
#define RUMPUSER_PARAM_HOSTNAME "_RUMPUSER_HOSTNAME"
int rumpuser_getparam(const char *name, void *buf, size_t buflen);

/* The calling thread's errno, as programs of this host see it. */
void rumpuser_seterrno(int error);

/* pid is one of the rump kernel's, a hint: the signal is sent to the process that contains it. */
#define RUMPUSER_PID_SELF ((int64_t)-1)
int rumpuser_kill(int64_t pid, int netbsd_signal);
#define RUMPUSER_PANIC (-1)
void rumpuser_exit(int value) __attribute__((noreturn)); /* RUMPUSER_PANIC: abnormally */

void rumpuser_putchar(int c);
void rumpuser_dprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define RUMPUSER_RANDOM_HARD 0x01   /* best quality */
#define RUMPUSER_RANDOM_NOWAIT 0x02 /* may give less than asked */
int rumpuser_getrandom(void *buf, size_t len_bytes, int flags, size_t *gotp);

/*
 * Threads. cookiep is set when mustjoin. priority and cpuidx are granted as far as the host can and
 * may, -1 for none; what it cannot grant is no failure.
 */
int rumpuser_thread_create(void *(*fn)(void *), void *arg, const char *name, int mustjoin,
			   int priority, int cpuidx, void **cookiep);
void rumpuser_thread_exit(void) __attribute__((noreturn));
int rumpuser_thread_join(void *cookie);

/*
 * The lwp of a host thread. CREATE and DESTROY bracket the life of an lwp; SET binds one to the
 * calling thread, which has none; CLEAR unbinds it. rumpuser_curlwp gives the bound one or NULL.
 */
enum rumplwpop { RUMPUSER_LWP_CREATE, RUMPUSER_LWP_DESTROY, RUMPUSER_LWP_SET, RUMPUSER_LWP_CLEAR };
void rumpuser_curlwpop(int op, struct lwp *l);
struct lwp *rumpuser_curlwp(void);

/*
 * Mutexes. SPIN: held briefly, never blocks the virtual CPU. KMUTEX: the owner lwp is recorded. One
 * of the two or both. enter blocks (releasing the virtual CPU unless SPIN); enter_nowrap keeps it.
 * tryenter: 0 or EBUSY. owner is only for KMUTEX.
 */
struct rumpuser_mtx;
#define RUMPUSER_MTX_SPIN 0x01
#define RUMPUSER_MTX_KMUTEX 0x02
void rumpuser_mutex_init(struct rumpuser_mtx **mtxp, int flags);
void rumpuser_mutex_enter(struct rumpuser_mtx *mtx);
void rumpuser_mutex_enter_nowrap(struct rumpuser_mtx *mtx);
int rumpuser_mutex_tryenter(struct rumpuser_mtx *mtx);
void rumpuser_mutex_exit(struct rumpuser_mtx *mtx);
void rumpuser_mutex_destroy(struct rumpuser_mtx *mtx);
void rumpuser_mutex_owner(struct rumpuser_mtx *mtx, struct lwp **ownerp);

/*
 * Read-write locks. tryenter and tryupgrade: 0 or EBUSY. downgrade lets no writer in between.
 * held: WRITER: whether the calling lwp holds it so; READER: whether anyone reads.
 */
struct rumpuser_rw;
enum rumprwlock { RUMPUSER_RW_READER, RUMPUSER_RW_WRITER };
void rumpuser_rw_init(struct rumpuser_rw **rwp);
void rumpuser_rw_enter(int how, struct rumpuser_rw *rw);
int rumpuser_rw_tryenter(int how, struct rumpuser_rw *rw);
int rumpuser_rw_tryupgrade(struct rumpuser_rw *rw);
void rumpuser_rw_downgrade(struct rumpuser_rw *rw);
void rumpuser_rw_exit(struct rumpuser_rw *rw);
void rumpuser_rw_destroy(struct rumpuser_rw *rw);
void rumpuser_rw_held(int how, struct rumpuser_rw *rw, int *heldp);

/*
 * Condition variables. The mutex is released while waiting and held again on return. timedwait: the
 * time is relative, on the monotonic clock; 0 when woken, ETIMEDOUT when it passed.
 */
struct rumpuser_cv;
void rumpuser_cv_init(struct rumpuser_cv **cvp);
void rumpuser_cv_destroy(struct rumpuser_cv *cv);
void rumpuser_cv_wait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx);
void rumpuser_cv_wait_nowrap(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx);
int rumpuser_cv_timedwait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx, int64_t sec,
			  int64_t nsec);
void rumpuser_cv_signal(struct rumpuser_cv *cv);
void rumpuser_cv_broadcast(struct rumpuser_cv *cv);
void rumpuser_cv_has_waiters(struct rumpuser_cv *cv, int *waitersp);

/*
 * What is linked into the domain or process: modinit gets its modules, in one call or several,
 * compload each component. symload gets the rump kernel's symbols (ELF) and their names, which
 * become the kernel's when it returns 0; a host that has none does not call it. NULL: not wanted.
 * Both know what they have found for themselves already.
 */
struct modinfo;
struct rump_component;
typedef void (*rump_modinit_fn)(const struct modinfo *const *modules, size_t count);
typedef int (*rump_symload_fn)(void *symtab, uint64_t size, char *strtab, uint64_t strsize);
typedef void (*rump_compload_fn)(const struct rump_component *component);
void rumpuser_dl_bootstrap(rump_modinit_fn modinit, rump_symload_fn symload,
			   rump_compload_fn compload);

/*
 * Become a daemon: begin before rump_init, done(error) once the outcome is known, which is then the
 * exit status of the process that was started. EINPROGRESS: begun already; ENOENT: not begun.
 */
int rumpuser_daemonize_begin(void);
int rumpuser_daemonize_done(int error);

/*
 * System-call proxy: clients in other protection domains. client is what hyp_lwproc_rfork was
 * given. The copies fail with EFAULT; the string ones set *lenp to the length with its NUL,
 * ENAMETOOLONG.
 */
int rumpuser_sp_init(const char *url, const char *ostype, const char *osrelease,
		     const char *machine);
int rumpuser_sp_copyin(void *client, const void *uaddr, void *kaddr, size_t len);
int rumpuser_sp_copyinstr(void *client, const void *uaddr, void *kaddr, size_t *lenp);
int rumpuser_sp_copyout(void *client, const void *kaddr, void *uaddr, size_t len);
int rumpuser_sp_copyoutstr(void *client, const void *kaddr, void *uaddr, size_t *lenp);
int rumpuser_sp_anonmmap(void *client, size_t len_bytes, void **uaddrp);
int rumpuser_sp_raise(void *client, int netbsd_signal);
void rumpuser_sp_fini(void *client);

#endif
