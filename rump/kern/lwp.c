/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes and lwps.
 *
 * I1 A process exists as long as it has an lwp. There are no zombies and no wait(2): the host runs
 *    the programs.
 * I2 Process 1 owns the implicit lwps. They are made on demand and kept in a pool.
 * I3 An lwp leaves its process in lwp_leave, while it still holds a CPU, since closing files may
 *    block; the binding to its thread ends after that.
 * I4 Order of locks: proc_lock (the table and the tree), p_lock, an lwp's l_sleep_lock.
 *
 * States of an lwp: made (lwp_alloc); joined to its process (lwp_join); bound (implicit_bind,
 * lwproc_switch); to be released (L_WEXIT, lwproc_releaselwp); left (lwp_leave); destroyed
 * (lwp_unbound).
 */
#include "kern/file.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/string.h"

#include <rump/rump.h>

/* PID_MAX: a process id fits into 30 bits, as on NetBSD. */
#define PID_BUCKETS 256
#define PID_MAX 0x3fffffff

struct proc proc0;
struct lwp lwp0;
struct kmutex proc_lock;
int (*proc_vfs_init)(struct proc *p, struct proc *parent);
void (*proc_vfs_release)(struct proc *p);

static struct list pid_hash[PID_BUCKETS];
static rump_pid_t next_pid;
static struct proc *initproc;
static struct kspin pool_lock;
static struct list pool = LIST_INIT(pool);

struct proc *proc_find(rump_pid_t pid)
{
	struct list *n, *head = &pid_hash[(unsigned)pid % PID_BUCKETS];

	list_foreach(n, head) {
		struct proc *p = list_entry(n, struct proc, p_hash);

		if (p->p_pid == pid)
			return p;
	}
	return NULL;
}

static void proc_setup(struct proc *p)
{
	list_init(&p->p_hash);
	list_init(&p->p_lwps);
	list_init(&p->p_children);
	list_init(&p->p_sibling);
	mutex_init(&p->p_lock);
	p->p_nextlid = 1;
}

static void lwp_setup(struct lwp *l, struct proc *p)
{
	l->l_proc = p;
	l->l_fd = p->p_fd;
	list_init(&l->l_sibling);
	list_init(&l->l_idle);
	mutex_init(&l->l_sleep_lock);
	cv_init(&l->l_sleep_done);
}

static struct lwp *lwp_alloc(struct proc *p, unsigned flag)
{
	struct lwp *l = kmem_zalloc(sizeof(*l));

	if (l == NULL)
		return NULL;
	lwp_setup(l, p);
	l->l_flag = flag;
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, l);
	return l;
}

static void lwp_destroy(struct lwp *l)
{
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, l);
	mutex_destroy(&l->l_sleep_lock);
	cv_destroy(&l->l_sleep_done);
	kmem_free(l, sizeof(*l));
}

/* p_lock held. */
static void lwp_join(struct lwp *l)
{
	struct proc *p = l->l_proc;

	p->p_nlwps++;
	l->l_lid = p->p_nextlid++;
	list_insert_tail(&p->p_lwps, &l->l_sibling);
}

static void proc_free(struct proc *p)
{
	struct list *n, *tmp;

	mutex_enter(&proc_lock);
	list_foreach_safe(n, tmp, &p->p_children) {
		struct proc *child = list_entry(n, struct proc, p_sibling);

		list_remove(&child->p_sibling);
		child->p_parent = initproc;
		list_insert_tail(&initproc->p_children, &child->p_sibling);
	}
	list_remove(&p->p_hash);
	list_remove(&p->p_sibling);
	mutex_exit(&proc_lock);
	cred_free(p->p_cred);
	mutex_destroy(&p->p_lock);
	kmem_free(p, sizeof(*p));
}

/*
 * The current lwp leaves its process; the last one takes the descriptors and the process with it.
 * Afterwards the lwp is still bound to its thread, but belongs to no process.
 */
static void lwp_leave(struct lwp *l)
{
	struct proc *p = l->l_proc;
	bool last;

	mutex_enter(&proc_lock); /* against a newlwp that has found the process */
	mutex_enter(&p->p_lock);
	list_remove(&l->l_sibling);
	last = --p->p_nlwps == 0;
	if (last)
		p->p_exiting = true;
	mutex_exit(&p->p_lock);
	mutex_exit(&proc_lock);
	if (last) {
		filedesc_free(p->p_fd);
		if (proc_vfs_release != NULL)
			proc_vfs_release(p);
	}
	if (l->l_cred != NULL)
		cred_free(l->l_cred);
	l->l_cred = NULL;
	if (last)
		proc_free(p);
}

/* NULL: failed, with the reason in *errorp. */
static struct proc *proc_fork(struct proc *parent, void *client, int flags, const char *comm,
			      int *errorp)
{
	struct proc *p = kmem_zalloc(sizeof(*p));

	*errorp = RUMP_ENOMEM;
	if (p == NULL)
		return NULL;
	proc_setup(p);
	if (flags & RUMP_RFFDG) {
		p->p_fd = filedesc_copy(parent->p_fd);
	} else if (flags & RUMP_RFCFDG) {
		p->p_fd = filedesc_alloc();
	} else {
		filedesc_hold(parent->p_fd);
		p->p_fd = parent->p_fd;
	}
	if (p->p_fd == NULL)
		goto fail;
	if (proc_vfs_init != NULL && (*errorp = proc_vfs_init(p, parent)) != 0) {
		filedesc_free(p->p_fd);
		goto fail;
	}
	p->p_client = client;
	kstrlcpy(p->p_comm, comm != NULL ? comm : parent->p_comm, sizeof(p->p_comm));

	mutex_enter(&proc_lock);
	mutex_enter(&parent->p_lock);
	p->p_cred = parent->p_cred;
	cred_hold(p->p_cred);
	memcpy(p->p_rlimit, parent->p_rlimit, sizeof(p->p_rlimit));
	mutex_exit(&parent->p_lock);
	do {
		next_pid = next_pid >= PID_MAX ? 2 : next_pid + 1;
	} while (proc_find(next_pid) != NULL);
	p->p_pid = next_pid;
	p->p_pgid = parent == &proc0 ? p->p_pid : parent->p_pgid;
	p->p_sid = parent == &proc0 ? p->p_pid : parent->p_sid;
	p->p_parent = parent;
	list_insert_tail(&parent->p_children, &p->p_sibling);
	list_insert_tail(&pid_hash[(unsigned)p->p_pid % PID_BUCKETS], &p->p_hash);
	mutex_exit(&proc_lock);
	return p;
fail:
	mutex_destroy(&p->p_lock);
	kmem_free(p, sizeof(*p));
	return NULL;
}

int lwproc_rfork(void *client, int flags, const char *comm)
{
	struct proc *p;
	struct lwp *l;
	int error;

	if ((flags & ~(RUMP_RFFDG | RUMP_RFCFDG)) != 0 || flags == (RUMP_RFFDG | RUMP_RFCFDG))
		return RUMP_EINVAL;
	p = proc_fork(curproc, client, flags, comm, &error);
	if (p == NULL)
		return error;
	l = lwp_alloc(p, 0);
	if (l == NULL) {
		filedesc_free(p->p_fd);
		if (proc_vfs_release != NULL)
			proc_vfs_release(p);
		proc_free(p);
		return RUMP_ENOMEM;
	}
	mutex_enter(&p->p_lock);
	lwp_join(l);
	mutex_exit(&p->p_lock);
	lwproc_switch(l);
	return 0;
}

int lwproc_newlwp(rump_pid_t pid)
{
	struct lwp *l = lwp_alloc(&proc0, pid == 0 ? L_KTHREAD : 0);
	struct proc *p;

	if (l == NULL)
		return RUMP_ENOMEM;
	mutex_enter(&proc_lock);
	p = proc_find(pid);
	if (p == NULL || p->p_exiting) {
		mutex_exit(&proc_lock);
		lwp_destroy(l);
		return p == NULL ? RUMP_ESRCH : RUMP_EBUSY;
	}
	mutex_enter(&p->p_lock);
	l->l_proc = p;
	l->l_fd = p->p_fd;
	lwp_join(l);
	mutex_exit(&p->p_lock);
	mutex_exit(&proc_lock);
	lwproc_switch(l);
	return 0;
}

struct lwp *lwproc_alloc_kthread(void)
{
	struct lwp *l = lwp_alloc(&proc0, L_KTHREAD);

	if (l != NULL) {
		mutex_enter(&proc0.p_lock);
		lwp_join(l);
		mutex_exit(&proc0.p_lock);
		l->l_cred = proc0.p_cred;
		cred_hold(l->l_cred);
	}
	return l;
}

void lwproc_free_kthread(struct lwp *l)
{
	mutex_enter(&proc0.p_lock);
	list_remove(&l->l_sibling);
	proc0.p_nlwps--;
	mutex_exit(&proc0.p_lock);
	cred_free(l->l_cred);
	lwp_destroy(l);
}

static void pool_put(struct lwp *l)
{
	spin_enter(&pool_lock);
	list_insert_head(&pool, &l->l_idle);
	spin_exit(&pool_lock);
}

/* The current lwp is no longer bound: destroy it, return it to the pool, or leave it. */
static void lwp_unbound(struct lwp *l, unsigned flag)
{
	l->l_running = false;
	if (flag & L_WEXIT)
		lwp_destroy(l);
	else if (flag & L_IMPLICIT)
		pool_put(l);
}

void lwproc_switch(struct lwp *newl)
{
	struct lwp *l = curlwp;
	struct cpu *ci = l->l_cpu;
	unsigned flag = l->l_flag;

	if (newl == NULL) {
		l->l_flag |= L_CLEAR;
		return;
	}
	if (newl == l)
		return;
	if (atomic_exchange(&newl->l_running, true))
		panic("lwp %p (%d.%d) is already running", (void *)newl, newl->l_proc->p_pid,
		      newl->l_lid);
	if (flag & L_WEXIT) {
		lwp_leave(l);
		ci = l->l_cpu;
	}
	l->l_flag &= ~L_CLEAR;
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, l);
	newl->l_cpu = ci;
	atomic_store(&ci->ci_lwp, newl);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, newl);
	lwp_unbound(l, flag);
	lwp_update_cred(newl);
}

void lwproc_releaselwp(void)
{
	struct lwp *l = curlwp;

	if (l->l_flag & (L_IMPLICIT | L_WEXIT))
		panic("releasing an lwp that is not the caller's own");
	l->l_flag |= L_WEXIT;
}

/* A thread without an lwp borrows one of process 1 (I2). */
static void implicit_bind(void)
{
	struct lwp *l = NULL;
	bool new = false;

	spin_enter(&pool_lock);
	if (!list_empty(&pool)) {
		l = list_entry(pool.next, struct lwp, l_idle);
		list_remove(&l->l_idle);
	}
	spin_exit(&pool_lock);
	if (l == NULL) {
		l = lwp_alloc(initproc, L_IMPLICIT);
		if (l == NULL)
			panic("no memory for an implicit lwp");
		new = true;
	}
	l->l_running = true;
	rumpuser_curlwpop(RUMPUSER_LWP_SET, l);
	cpu_acquire(l);
	if (new) {
		mutex_enter(&initproc->p_lock);
		lwp_join(l);
		mutex_exit(&initproc->p_lock);
	}
	lwp_update_cred(l);
}

void rump_schedule(void)
{
	struct lwp *l = curlwp;

	if (l != NULL)
		cpu_acquire(l);
	else
		implicit_bind();
}

void rump_unschedule(void)
{
	struct lwp *l = curlwp;
	unsigned flag = l->l_flag;

	if ((flag & (L_WEXIT | L_CLEAR | L_IMPLICIT)) == 0) {
		cpu_release(l);
		return;
	}
	if (flag & L_WEXIT)
		lwp_leave(l);
	l->l_flag &= ~L_CLEAR;
	cpu_release(l);
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, l);
	lwp_unbound(l, flag);
}

void lwproc_setcomm(const char *comm)
{
	struct proc *p = curproc;

	mutex_enter(&p->p_lock);
	kstrlcpy(p->p_comm, comm, sizeof(p->p_comm));
	mutex_exit(&p->p_lock);
}

void lwproc_lwpexit(void)
{
	struct proc *p = curproc;
	struct list *n;

	mutex_enter(&proc_lock);
	p->p_exiting = true;
	mutex_exit(&proc_lock);
	mutex_enter(&p->p_lock);
	list_foreach(n, &p->p_lwps) {
		lwp_interrupt(list_entry(n, struct lwp, l_sibling));
	}
	mutex_exit(&p->p_lock);
}

/* After memory and CPUs: make process 0, and process 1 for implicit lwps. */
void lwproc_bootstrap(void)
{
	struct cred *cr = cred_alloc(0);
	int error;

	for (unsigned i = 0; i < PID_BUCKETS; i++)
		list_init(&pid_hash[i]);
	mutex_init(&proc_lock);
	spin_init(&pool_lock);
	proc_setup(&proc0);
	kstrlcpy(proc0.p_comm, "system", sizeof(proc0.p_comm));
	for (unsigned i = 0; i < RUMP_RLIM_NLIMITS; i++)
		proc0.p_rlimit[i] = (struct rump_rlimit){RUMP_RLIM_INFINITY, RUMP_RLIM_INFINITY};
	proc0.p_rlimit[RUMP_RLIMIT_NOFILE] = (struct rump_rlimit){1 << 20, 1 << 20};
	list_insert_tail(&pid_hash[0], &proc0.p_hash);
	if (cr == NULL)
		panic("no memory for credentials");
	proc0.p_cred = cr;
	lwp_setup(&lwp0, &proc0);
	lwp0.l_flag = L_KTHREAD;
	lwp0.l_running = true;
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, &lwp0);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, &lwp0);
	cpu_acquire(&lwp0);
	lwp_join(&lwp0);
	lwp_update_cred(&lwp0);
	file_bootstrap();
	proc0.p_fd = lwp0.l_fd = filedesc_alloc();
	if (proc0.p_fd == NULL)
		panic("no memory for descriptors");
	initproc = proc_fork(&proc0, NULL, RUMP_RFCFDG, "init", &error);
	if (initproc == NULL)
		panic("no memory for process 1");
}
