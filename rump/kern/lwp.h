/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes, lwps and virtual CPUs.
 *
 * A host thread runs in the rump kernel as an lwp that holds a virtual CPU. rump_schedule binds
 * both, rump_unschedule gives the CPU back (and an implicit lwp to its pool); a hypercall that
 * blocks does the same around the wait. curlwp is never NULL in kernel code.
 *
 * Signals are not delivered in a rump kernel; what interrupts a sleeping lwp is lwp_interrupt (its
 * client died or wants it back): interruptible waits (pipes, sockets, poll, kevent, F_SETLKW) then
 * return EINTR. They wait by cv_wait_sig or cv_timedwait_sig.
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

/* Credentials are immutable; a change makes new ones. */
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
	struct kmutex p_lock; /* all above from p_lwps, p_cred, p_rlimit */
	struct cred *_Atomic p_cred;
	struct filedesc *p_fd;
	struct cwdinfo *p_cwdi; /* vfs's, NULL without vfs */
	void *p_client;		/* sysproxy cookie; NULL: memory is ours to touch */
	struct rump_rlimit p_rlimit[RUMP_RLIM_NLIMITS];
	char p_comm[32];
};

#define L_WEXIT 0x01	/* to be released when it leaves the kernel */
#define L_CLEAR 0x02	/* unbind from the host thread when it leaves the kernel */
#define L_IMPLICIT 0x04 /* of the pool of implicit lwps */
#define L_KTHREAD 0x08

struct lwp {
	struct proc *l_proc;
	struct cpu *l_cpu; /* held now, or last */
	struct cred *l_cred;
	struct filedesc *l_fd;
	int l_lid;
	unsigned l_flag;
	_Atomic bool l_running;
	struct list l_sibling;
	struct poller *l_poller; /* collecting for poll(2), see select.h */
	_Atomic bool l_interrupted;
	/* The interruptible wait it is in; l_sleep_lock. */
	struct kmutex l_sleep_lock;
	struct kcv l_sleep_done;
	struct kmutex *l_wait_mutex;
	struct kcv *l_wait_cv;
	unsigned l_wakers;
	struct list l_idle; /* the pool of implicit lwps */
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
 * rfork: a new process of the caller's parentage with one lwp, which becomes curlwp; client NULL
 * for a local one. newlwp: a new lwp of pid (0: a kernel thread's), likewise. ESRCH, ENOMEM,
 * EINVAL.
 */
int lwproc_rfork(void *client, int flags, const char *comm);
int lwproc_newlwp(rump_pid_t pid);
void lwproc_switch(struct lwp *l);
void lwproc_releaselwp(void);
struct lwp *lwproc_alloc_kthread(void); /* an lwp of proc0, not bound; NULL: no memory */

void lwproc_free_kthread(struct lwp *l); /* one that never ran */

/* Interrupt every sleeping lwp of the process and refuse new ones: the client went away. */
void lwproc_lwpexit(void);
void lwproc_setcomm(const char *comm);

struct proc *proc_find(rump_pid_t pid); /* no reference: the caller holds proc_lock */
extern struct kmutex proc_lock;		/* all processes, the tree */

/* Set by vfs; run when a process is made and freed. init copies from parent and may fail. */
extern int (*proc_vfs_init)(struct proc *p, struct proc *parent);
extern void (*proc_vfs_release)(struct proc *p);

/* Take p_cred as the lwp's own; each system call begins with it. */
void lwp_update_cred(struct lwp *l);
/* Replace the process's credentials; consumes the reference. */
void proc_setcred(struct proc *p, struct cred *cr);

/*
 * An interruptible wait: cv_wait_sig and cv_timedwait_sig return 0, EINTR or ETIMEDOUT. The caller
 * re-checks its condition as always.
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
