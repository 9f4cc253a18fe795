/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes, lwps and virtual CPUs.
 *
 * I1 A host thread runs in the rump kernel as an lwp that holds a virtual CPU. rump_schedule binds
 *    an lwp and takes a CPU; rump_unschedule gives the CPU back, and returns an implicit lwp to its
 *    pool. A hypercall that blocks does the same around its wait (cpu.c).
 * I2 curlwp is never NULL in kernel code.
 * I3 An lwp is bound to at most one thread; l_running says that it is bound.
 * I4 Signals are not delivered in a rump kernel. lwp_interrupt interrupts a sleeping lwp if its
 *    client has ended or wants it back: interruptible waits (pipes, sockets, poll, kevent,
 *    F_SETLKW; cv_wait_sig, cv_timedwait_sig) then return EINTR.
 */
#ifndef RUMP_KERN_LWP_H
#define RUMP_KERN_LWP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rump/types.h>

#include "kern/list.h"
#include "kern/sync.h"

struct filedesc;
struct cwdinfo;
struct lwp;

/* Credentials are immutable; a change makes new ones (cred.c). */
struct cred {
	_Atomic unsigned cr_refs;
	rump_uid_t cr_uid, cr_euid, cr_svuid;
	rump_gid_t cr_gid, cr_egid, cr_svgid;
	unsigned cr_ngroups;
	rump_gid_t cr_groups[];
};
struct cred *cred_alloc(unsigned ngroups); /* one reference; NULL: no memory */
struct cred *cred_dup(const struct cred *cr, unsigned ngroups);
void cred_hold(struct cred *cr);
void cred_free(struct cred *cr); /* drops one reference */
bool cred_ingroup(const struct cred *cr, rump_gid_t gid);
static inline bool cred_issuser(const struct cred *cr)
{
	return cr->cr_euid == 0;
}

struct proc {
	struct list p_hash; /* by pid */
	struct list p_lwps; /* l_sibling */
	struct list p_children, p_sibling;
	struct proc *p_parent;
	rump_pid_t p_pid, p_pgid, p_sid;
	unsigned p_nlwps;
	int p_nextlid;
	bool p_exiting;
	struct kmutex p_lock; /* guards p_lwps to here, p_cred and p_rlimit */
	struct cred *_Atomic p_cred;
	struct filedesc *p_fd;
	struct cwdinfo *p_cwdi; /* vfs's; NULL without vfs */
	/* the client (sysproxy); NULL: the process's memory can be accessed directly */
	void *p_client;
	struct rump_rlimit p_rlimit[RUMP_RLIM_NLIMITS];
	char p_comm[32];
};

#define L_WEXIT 0x01	/* released when it leaves the kernel */
#define L_CLEAR 0x02	/* unbound from its thread when it leaves the kernel */
#define L_IMPLICIT 0x04 /* from the pool of implicit lwps */
#define L_KTHREAD 0x08

struct lwp {
	struct proc *l_proc;
	struct cpu *l_cpu; /* the CPU it holds, or held last */
	struct cred *l_cred;
	struct filedesc *l_fd;
	int l_lid;
	unsigned l_flag;
	_Atomic bool l_running;
	struct list l_sibling;
	struct poller *l_poller; /* its poll(2) under way, see select.h */
	_Atomic bool l_interrupted;
	/* The interruptible wait that the lwp is in; l_sleep_lock guards it. */
	struct kmutex l_sleep_lock;
	struct kcv l_sleep_done;
	struct kmutex *l_wait_mutex;
	struct kcv *l_wait_cv;
	unsigned l_wakers;
	struct list l_idle; /* in the pool of implicit lwps */
};

struct cpu {
	struct lwp *_Atomic ci_lwp;
	unsigned ci_index;
	_Atomic uint64_t ci_switches;
};

#define curlwp rumpuser_curlwp()
#define curproc (curlwp->l_proc)

extern struct proc proc0; /* the kernel's own */
extern struct lwp lwp0;
extern unsigned ncpu;

void cpu_bootstrap(unsigned n);
void cpu_acquire(struct lwp *l);
void cpu_release(struct lwp *l);
void backend_unschedule(int nlocks, int *countp, void *interlock);
void backend_schedule(int nlocks, void *interlock);

void rump_schedule(void);
void rump_unschedule(void);

/*
 * rfork makes a new process, a child of the caller's, with one lwp; newlwp makes a new lwp of pid
 * (0: a kernel thread's). Either becomes curlwp. client: NULL for a local process. ESRCH, ENOMEM,
 * EINVAL.
 */
int lwproc_rfork(void *client, int flags, const char *comm);
int lwproc_newlwp(rump_pid_t pid);
void lwproc_switch(struct lwp *l);
void lwproc_releaselwp(void);
struct lwp *lwproc_alloc_kthread(void); /* an lwp of proc0, not bound; NULL: no memory */

void lwproc_free_kthread(struct lwp *l); /* one that never ran */

/* The client of the process has ended: interrupt its sleeping lwps, and refuse new ones. */
void lwproc_lwpexit(void);
void lwproc_setcomm(const char *comm);

struct proc *proc_find(rump_pid_t pid); /* no reference: the caller holds proc_lock */
extern struct kmutex proc_lock;		/* all processes, the tree */

/* Set by vfs; called when a process is made and freed. init copies from parent, and may fail. */
extern int (*proc_vfs_init)(struct proc *p, struct proc *parent);
extern void (*proc_vfs_release)(struct proc *p);

/*
 * Take p_cred as the lwp's own. Each system call begins with it, so credentials are constant during
 * a call.
 */
void lwp_update_cred(struct lwp *l);
/* Replace the process's credentials; consumes the reference. */
void proc_setcred(struct proc *p, struct cred *cr);

/*
 * Interruptible waits: 0, EINTR or ETIMEDOUT. As with any wait, the caller checks its condition
 * again.
 */
int cv_wait_sig(struct kcv *c, struct kmutex *m);
int cv_timedwait_sig(struct kcv *c, struct kmutex *m, int64_t timeout_ns);
/*
 * The lwp's present or next interruptible wait returns EINTR. The caller keeps l alive, and holds
 * no lock that a waiter sleeps with.
 */
void lwp_interrupt(struct lwp *l);

void lwproc_bootstrap(void);

#endif
