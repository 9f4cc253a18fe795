/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rumpuser(3), version 17: the hypercalls, which are everything a rump kernel asks of its host. The
 * binary interface is NetBSD's. A host written to this header therefore runs NetBSD's rump kernel
 * as well as the one in rump/, and either rump kernel runs on any such host.
 *
 * Definitions. An lwp is a thread of the rump kernel. A virtual CPU is the right to run in the rump
 * kernel: a thread holds one while it executes kernel code, and there are as many as
 * RUMPUSER_PARAM_NCPU says. A host thread enters the rump kernel when it takes a virtual CPU, and
 * leaves when it gives it up.
 *
 * Invariants, which both hosts keep and tests/rumpuser/conformance checks:
 * I1 A hypercall that can fail returns 0 or a positive NetBSD errno (rump/errno.h).
 * I2 A hypercall that may block gives the caller's virtual CPU up first (hyp_backend_unschedule)
 *    and takes one again before it returns (hyp_backend_schedule). Functions named _nowrap and spin
 *    mutexes keep the virtual CPU: their holders need it for a few instructions only.
 * I3 An upcall into the kernel is made by a thread that has an lwp and a virtual CPU. A hypercall
 *    that completes later (rumpuser_bio) completes in such a thread of the host, never in the
 *    caller.
 * I4 Opaque objects (struct rumpuser_mtx and so on) belong to the host; the kernel keeps pointers.
 * I5 nlocks, the number of big locks that hyp_backend_unschedule reports, is handed back unchanged
 *    to the hyp_backend_schedule that follows in the same thread.
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
 * hyp_schedule and hyp_unschedule enter and leave the rump kernel; a thread without an lwp gets a
 * temporary one in between. hyp_backend_unschedule(0, &nlocks, interlock) gives the virtual CPU up
 * around a wait and stores the number of big locks in nlocks; hyp_backend_schedule(nlocks,
 * interlock) takes one again. interlock is the mutex of a condition variable's wait, or NULL.
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
/*
 * Whole zeroed pages. prefer: the wanted address, or NULL; a host need not grant it. alignbit: log2
 * of the alignment, or 0.
 */
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
/* Asynchronous: done is called exactly once, and data stays valid until then. off is in bytes. */
void rumpuser_bio(int fd, int op, void *data, size_t len_bytes, int64_t off, rump_biodone_fn done,
		  void *arg);

struct rumpuser_iovec {
	void *iov_base;
	size_t iov_len;
};
#define RUMPUSER_IOV_NOSEEK -1 /* as off: use and advance the descriptor's own position */
int rumpuser_iovread(int fd, struct rumpuser_iovec *iov, size_t iovlen, int64_t off, size_t *donep);
int rumpuser_iovwrite(int fd, const struct rumpuser_iovec *iov, size_t iovlen, int64_t off,
		      size_t *donep);

#define RUMPUSER_SYNCFD_READ 0x01
#define RUMPUSER_SYNCFD_WRITE 0x02
#define RUMPUSER_SYNCFD_BOTH (RUMPUSER_SYNCFD_READ | RUMPUSER_SYNCFD_WRITE)
#define RUMPUSER_SYNCFD_BARRIER 0x04
#define RUMPUSER_SYNCFD_SYNC 0x08
/*
 * Order or complete the I/O of a range (len 0: to the end of the file). flags has READ, WRITE or
 * both. BARRIER: requests made before this call complete before requests made after it. SYNC:
 * requests made before are on stable storage when the call returns. EBADF, EINVAL.
 */
int rumpuser_syncfd(int fd, int flags, uint64_t start, uint64_t len);

/*
 * RELWALL is the time of day, and a sleep on it is relative. ABSMONO is monotonic, and a sleep on
 * it ends at the given time.
 */
enum rumpclock { RUMPUSER_CLOCK_RELWALL, RUMPUSER_CLOCK_ABSMONO };
int rumpuser_clock_gettime(int clock, int64_t *sec, long *nsec);
int rumpuser_clock_sleep(int clock, int64_t sec, long nsec);

/*
 * Parameters are strings, by name; the two below always exist. ENOENT, or E2BIG if buf is too
 * short.
 */
#define RUMPUSER_PARAM_NCPU "_RUMPUSER_NCPU"
#define RUMPUSER_PARAM_HOSTNAME "_RUMPUSER_HOSTNAME"
int rumpuser_getparam(const char *name, void *buf, size_t buflen);

/* Sets the calling thread's errno, as local programs of this host read it. */
void rumpuser_seterrno(int error);

/*
 * Sends the signal to the process that contains the rump kernel's process pid; pid is only a hint.
 */
#define RUMPUSER_PID_SELF ((int64_t)-1)
int rumpuser_kill(int64_t pid, int netbsd_signal);
#define RUMPUSER_PANIC (-1)
void rumpuser_exit(int value) __attribute__((noreturn)); /* RUMPUSER_PANIC: an abnormal end */

void rumpuser_putchar(int c);
void rumpuser_dprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define RUMPUSER_RANDOM_HARD 0x01   /* best quality */
#define RUMPUSER_RANDOM_NOWAIT 0x02 /* may give less than was asked for */
int rumpuser_getrandom(void *buf, size_t len_bytes, int flags, size_t *gotp);

/*
 * Threads. cookiep is set if mustjoin. priority and cpuidx (-1: none) are granted as far as the
 * host can; a wish that it cannot grant is not an error.
 */
int rumpuser_thread_create(void *(*fn)(void *), void *arg, const char *name, int mustjoin,
			   int priority, int cpuidx, void **cookiep);
void rumpuser_thread_exit(void) __attribute__((noreturn));
int rumpuser_thread_join(void *cookie);

/*
 * The lwp of a host thread. CREATE and DESTROY bracket the life of an lwp. SET binds one to the
 * calling thread, which has none; CLEAR unbinds it. rumpuser_curlwp returns the bound lwp, or NULL.
 */
enum rumplwpop { RUMPUSER_LWP_CREATE, RUMPUSER_LWP_DESTROY, RUMPUSER_LWP_SET, RUMPUSER_LWP_CLEAR };
void rumpuser_curlwpop(int op, struct lwp *l);
struct lwp *rumpuser_curlwp(void);

/*
 * Mutexes. flags is SPIN, KMUTEX or both. SPIN: held for a few instructions, so a blocked caller
 * keeps its virtual CPU. KMUTEX: the lwp that holds the mutex is recorded, for
 * rumpuser_mutex_owner. enter gives the virtual CPU up while it is blocked, unless SPIN;
 * enter_nowrap never does. tryenter: 0 or EBUSY.
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
 * rumpuser_rw_held with WRITER: whether the calling lwp is the writer; with READER: whether there
 * is any reader.
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
 * Condition variables. The mutex is released during the wait and held again on return. timedwait:
 * the time is relative, on the monotonic clock; 0 if woken, ETIMEDOUT if the time passed.
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
 * Report what is linked into the component or process. modinit gets its modules, in one call or
 * several; compload gets each component. symload gets the rump kernel's ELF symbols and their
 * names, which the kernel owns once it has returned 0; a host without a symbol table does not call
 * it. Any of the three may be NULL. modinit and compload ignore what they were given before.
 */
struct modinfo;
struct rump_component;
typedef void (*rump_modinit_fn)(const struct modinfo *const *modules, size_t count);
typedef int (*rump_symload_fn)(void *symtab, uint64_t size, char *strtab, uint64_t strsize);
typedef void (*rump_compload_fn)(const struct rump_component *component);
void rumpuser_dl_bootstrap(rump_modinit_fn modinit, rump_symload_fn symload,
			   rump_compload_fn compload);

/*
 * Become a daemon. begin comes before rump_init; done(error) comes when the outcome is known, and
 * its argument becomes the exit status of the process that was started. EINPROGRESS: begun already;
 * ENOENT: not begun.
 */
int rumpuser_daemonize_begin(void);
int rumpuser_daemonize_done(int error);

/*
 * System-call proxy: clients in other protection domains. client is the argument that
 * hyp_lwproc_rfork got for it. The copies fail with EFAULT. The string copies set *lenp to the
 * length with the NUL; ENAMETOOLONG if the string is longer than *lenp.
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
