/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on processes, credentials, limits and clocks. */
#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/copy.h"
#include "kern/file.h"
#include "kern/string.h"
#include "kern/syscall.h"

/* NetBSD's. */
#define NGROUPS_MAX 16

#define SYS_VALUE(name, num, expr)                                                        \
	static int sys_##name(struct lwp *l, const int64_t *arg, rump_register_t *retval) \
	{                                                                                 \
		(void)l;                                                                  \
		(void)arg;                                                                \
		retval[0] = (rump_register_t)(expr);                                      \
		return 0;                                                                 \
	}                                                                                 \
	RUMP_SYSCALL(name, num, sys_##name)

/* getpid and similar calls return the parent's or the effective id as their second value. */
static int sys_getpid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)arg;
	retval[0] = l->l_proc->p_pid;
	retval[1] = l->l_proc->p_parent != NULL ? l->l_proc->p_parent->p_pid : 0;
	return 0;
}
RUMP_SYSCALL(getpid, RUMP_SYS_getpid, sys_getpid);

static int sys_getuid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)arg;
	retval[0] = l->l_cred->cr_uid;
	retval[1] = l->l_cred->cr_euid;
	return 0;
}
RUMP_SYSCALL(getuid, RUMP_SYS_getuid, sys_getuid);

static int sys_getgid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)arg;
	retval[0] = l->l_cred->cr_gid;
	retval[1] = l->l_cred->cr_egid;
	return 0;
}
RUMP_SYSCALL(getgid, RUMP_SYS_getgid, sys_getgid);

SYS_VALUE(getppid, RUMP_SYS_getppid, l->l_proc->p_parent != NULL ? l->l_proc->p_parent->p_pid : 0);
SYS_VALUE(geteuid, RUMP_SYS_geteuid, l->l_cred->cr_euid);
SYS_VALUE(getegid, RUMP_SYS_getegid, l->l_cred->cr_egid);
SYS_VALUE(getpgrp, RUMP_SYS_getpgrp, l->l_proc->p_pgid);

/* Which of a process's ids to return. */
enum { WANT_PGID, WANT_SID };

static int get_id(struct lwp *l, rump_pid_t pid, int want, rump_register_t *retval)
{
	struct proc *p;
	int error = 0;

	mutex_enter(&proc_lock);
	p = pid == 0 ? l->l_proc : proc_find(pid);
	if (p == NULL)
		error = RUMP_ESRCH;
	else
		retval[0] = want == WANT_PGID ? p->p_pgid : p->p_sid;
	mutex_exit(&proc_lock);
	return error;
}

static int sys_getpgid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return get_id(l, (rump_pid_t)arg[0], WANT_PGID, retval);
}
RUMP_SYSCALL(getpgid, RUMP_SYS_getpgid, sys_getpgid);

static int sys_getsid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return get_id(l, (rump_pid_t)arg[0], WANT_SID, retval);
}
RUMP_SYSCALL(getsid, RUMP_SYS_getsid, sys_getsid);

static int sys_setsid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct proc *p = l->l_proc;
	int error = 0;

	(void)arg;
	mutex_enter(&proc_lock);
	if (p->p_pgid == p->p_pid)
		error = RUMP_EPERM; /* already leads a process group */
	else
		p->p_pgid = p->p_sid = p->p_pid;
	mutex_exit(&proc_lock);
	retval[0] = p->p_pid;
	return error;
}
RUMP_SYSCALL(setsid, RUMP_SYS_setsid, sys_setsid);

static int sys_setpgid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_pid_t pid = (rump_pid_t)arg[0], pgid = (rump_pid_t)arg[1];
	struct proc *p;
	int error = 0;

	(void)retval;
	if (pgid < 0)
		return RUMP_EINVAL;
	mutex_enter(&proc_lock);
	p = pid == 0 ? l->l_proc : proc_find(pid);
	if (p == NULL || (p != l->l_proc && p->p_parent != l->l_proc))
		error = RUMP_ESRCH;
	else if (p->p_sid == p->p_pid || p->p_sid != l->l_proc->p_sid)
		error = RUMP_EPERM;
	else
		p->p_pgid = pgid == 0 ? p->p_pid : pgid;
	mutex_exit(&proc_lock);
	return error;
}
RUMP_SYSCALL(setpgid, RUMP_SYS_setpgid, sys_setpgid);

/*
 * Changing ids. -1 leaves an id as it is. Without privilege a new id must be one that the process
 * has: allow_* says which of real, effective and saved count.
 */
#define HAS_REAL 1
#define HAS_EFF 2
#define HAS_SAVED 4

static bool may_uid(const struct cred *cr, rump_uid_t uid, int which)
{
	return uid == (rump_uid_t)-1 || cred_issuser(cr) ||
	       (which & HAS_REAL && uid == cr->cr_uid) || (which & HAS_EFF && uid == cr->cr_euid) ||
	       (which & HAS_SAVED && uid == cr->cr_svuid);
}

static bool may_gid(const struct cred *cr, rump_gid_t gid, int which)
{
	return gid == (rump_gid_t)-1 || cred_issuser(cr) ||
	       (which & HAS_REAL && gid == cr->cr_gid) || (which & HAS_EFF && gid == cr->cr_egid) ||
	       (which & HAS_SAVED && gid == cr->cr_svgid);
}

static int set_uids(struct lwp *l, rump_uid_t r, rump_uid_t e, rump_uid_t s)
{
	struct cred *cr = cred_dup(l->l_cred, l->l_cred->cr_ngroups);

	if (cr == NULL)
		return RUMP_ENOMEM;
	cr->cr_uid = r != (rump_uid_t)-1 ? r : cr->cr_uid;
	cr->cr_euid = e != (rump_uid_t)-1 ? e : cr->cr_euid;
	cr->cr_svuid = s != (rump_uid_t)-1 ? s : cr->cr_svuid;
	proc_setcred(l->l_proc, cr);
	return 0;
}

static int set_gids(struct lwp *l, rump_gid_t r, rump_gid_t e, rump_gid_t s)
{
	struct cred *cr = cred_dup(l->l_cred, l->l_cred->cr_ngroups);

	if (cr == NULL)
		return RUMP_ENOMEM;
	cr->cr_gid = r != (rump_gid_t)-1 ? r : cr->cr_gid;
	cr->cr_egid = e != (rump_gid_t)-1 ? e : cr->cr_egid;
	cr->cr_svgid = s != (rump_gid_t)-1 ? s : cr->cr_svgid;
	proc_setcred(l->l_proc, cr);
	return 0;
}

/* NetBSD's setuid sets all three ids if the new one is the real one or the caller is privileged. */
static int sys_setuid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_uid_t uid = (rump_uid_t)arg[0];

	(void)retval;
	return may_uid(l->l_cred, uid, HAS_REAL) ? set_uids(l, uid, uid, uid) : RUMP_EPERM;
}
RUMP_SYSCALL(setuid, RUMP_SYS_setuid, sys_setuid);

static int sys_seteuid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_uid_t uid = (rump_uid_t)arg[0];

	(void)retval;
	return may_uid(l->l_cred, uid, HAS_REAL | HAS_SAVED) ? set_uids(l, -1, uid, -1)
							     : RUMP_EPERM;
}
RUMP_SYSCALL(seteuid, RUMP_SYS_seteuid, sys_seteuid);

static int sys_setreuid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_uid_t r = (rump_uid_t)arg[0], e = (rump_uid_t)arg[1];
	bool save = r != (rump_uid_t)-1 || (e != (rump_uid_t)-1 && e != l->l_cred->cr_uid);

	(void)retval;
	if (!may_uid(l->l_cred, r, HAS_REAL | HAS_EFF) ||
	    !may_uid(l->l_cred, e, HAS_REAL | HAS_EFF | HAS_SAVED))
		return RUMP_EPERM;
	return set_uids(l, r, e,
			!save		      ? (rump_uid_t)-1
			: e != (rump_uid_t)-1 ? e
					      : l->l_cred->cr_euid);
}
RUMP_SYSCALL(setreuid, RUMP_SYS_setreuid, sys_setreuid);

static int sys_setgid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_gid_t gid = (rump_gid_t)arg[0];

	(void)retval;
	return may_gid(l->l_cred, gid, HAS_REAL) ? set_gids(l, gid, gid, gid) : RUMP_EPERM;
}
RUMP_SYSCALL(setgid, RUMP_SYS_setgid, sys_setgid);

static int sys_setegid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_gid_t gid = (rump_gid_t)arg[0];

	(void)retval;
	return may_gid(l->l_cred, gid, HAS_REAL | HAS_SAVED) ? set_gids(l, -1, gid, -1)
							     : RUMP_EPERM;
}
RUMP_SYSCALL(setegid, RUMP_SYS_setegid, sys_setegid);

static int sys_setregid(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_gid_t r = (rump_gid_t)arg[0], e = (rump_gid_t)arg[1];
	bool save = r != (rump_gid_t)-1 || (e != (rump_gid_t)-1 && e != l->l_cred->cr_gid);

	(void)retval;
	if (!may_gid(l->l_cred, r, HAS_REAL | HAS_EFF) ||
	    !may_gid(l->l_cred, e, HAS_REAL | HAS_EFF | HAS_SAVED))
		return RUMP_EPERM;
	return set_gids(l, r, e,
			!save		      ? (rump_gid_t)-1
			: e != (rump_gid_t)-1 ? e
					      : l->l_cred->cr_egid);
}
RUMP_SYSCALL(setregid, RUMP_SYS_setregid, sys_setregid);

static int sys_getgroups(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	unsigned n = l->l_cred->cr_ngroups;

	retval[0] = (rump_register_t)n;
	if ((int)arg[0] == 0)
		return 0;
	if ((int)arg[0] < (int)n)
		return RUMP_EINVAL;
	return copyout(l->l_cred->cr_groups, ARG_PTR(void *, arg[1]), n * sizeof(rump_gid_t));
}
RUMP_SYSCALL(getgroups, RUMP_SYS_getgroups, sys_getgroups);

static int sys_setgroups(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int n = (int)arg[0], error;
	struct cred *cr;

	(void)retval;
	if (!cred_issuser(l->l_cred))
		return RUMP_EPERM;
	if (n < 0 || n > NGROUPS_MAX)
		return RUMP_EINVAL;
	cr = cred_dup(l->l_cred, (unsigned)n);
	if (cr == NULL)
		return RUMP_ENOMEM;
	error = copyin(ARG_PTR(void *, arg[1]), cr->cr_groups, (unsigned)n * sizeof(rump_gid_t));
	if (error != 0)
		cred_free(cr);
	else
		proc_setcred(l->l_proc, cr);
	return error;
}
RUMP_SYSCALL(setgroups, RUMP_SYS_setgroups, sys_setgroups);

static int sys_getrlimit(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_rlimit rl;

	(void)retval;
	if ((int)arg[0] < 0 || (int)arg[0] >= RUMP_RLIM_NLIMITS)
		return RUMP_EINVAL;
	mutex_enter(&l->l_proc->p_lock);
	rl = l->l_proc->p_rlimit[arg[0]];
	mutex_exit(&l->l_proc->p_lock);
	return copyout(&rl, ARG_PTR(void *, arg[1]), sizeof(rl));
}
RUMP_SYSCALL(getrlimit, RUMP_SYS_getrlimit, sys_getrlimit);

static int sys_setrlimit(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_rlimit rl, *have;
	int error;

	(void)retval;
	if ((int)arg[0] < 0 || (int)arg[0] >= RUMP_RLIM_NLIMITS)
		return RUMP_EINVAL;
	error = copyin(ARG_PTR(void *, arg[1]), &rl, sizeof(rl));
	if (error != 0)
		return error;
	mutex_enter(&l->l_proc->p_lock);
	have = &l->l_proc->p_rlimit[arg[0]];
	if (rl.rlim_cur > rl.rlim_max)
		error = RUMP_EINVAL;
	else if (rl.rlim_max > have->rlim_max && !cred_issuser(l->l_cred))
		error = RUMP_EPERM;
	else
		*have = rl;
	mutex_exit(&l->l_proc->p_lock);
	return error;
}
RUMP_SYSCALL(setrlimit, RUMP_SYS_setrlimit, sys_setrlimit);

static int clock_read(int clock, struct rump_timespec *ts)
{
	int64_t ns;

	switch (clock) {
	case RUMP_CLOCK_REALTIME:
		clock_realtime(ts);
		return 0;
	case RUMP_CLOCK_MONOTONIC:
		ns = clock_monotonic_ns();
		*ts = (struct rump_timespec){ns / NSEC_PER_SEC, (long)(ns % NSEC_PER_SEC)};
		return 0;
	default:
		return RUMP_EINVAL;
	}
}

static int sys_clock_gettime(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_timespec ts;
	int error = clock_read((int)arg[0], &ts);

	(void)l;
	(void)retval;
	return error != 0 ? error : copyout(&ts, ARG_PTR(void *, arg[1]), sizeof(ts));
}
RUMP_SYSCALL(clock_gettime, RUMP_SYS___clock_gettime50, sys_clock_gettime);

static int sys_clock_getres(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_timespec ts;
	int error = clock_read((int)arg[0], &ts);

	(void)l;
	(void)retval;
	if (error != 0 || arg[1] == 0)
		return error;
	ts = (struct rump_timespec){0, 1};
	return copyout(&ts, ARG_PTR(void *, arg[1]), sizeof(ts));
}
RUMP_SYSCALL(clock_getres, RUMP_SYS___clock_getres50, sys_clock_getres);

static int sys_gettimeofday(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_timespec ts;
	struct rump_timeval tv;

	(void)l;
	(void)retval;
	clock_realtime(&ts);
	memset(&tv, 0, sizeof(tv));
	tv.tv_sec = ts.tv_sec;
	tv.tv_usec = (int32_t)(ts.tv_nsec / 1000);
	return arg[0] == 0 ? 0 : copyout(&tv, ARG_PTR(void *, arg[0]), sizeof(tv));
}
RUMP_SYSCALL(gettimeofday, RUMP_SYS___gettimeofday50, sys_gettimeofday);

static int sys_nanosleep(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int64_t ns, end;
	struct rump_timespec ts;
	struct kmutex m;
	struct kcv cv;
	int error = copyin(ARG_PTR(void *, arg[0]), &ts, sizeof(ts));

	(void)l;
	(void)retval;
	if (error == 0)
		error = timespec_to_ns(&ts, &ns);
	if (error != 0)
		return error;
	end = clock_monotonic_ns() + ns;
	mutex_init(&m);
	cv_init(&cv);
	mutex_enter(&m);
	while (error == 0 && (ns = end - clock_monotonic_ns()) > 0) {
		error = cv_timedwait_sig(&cv, &m, ns);
		if (error == RUMP_ETIMEDOUT)
			error = 0;
	}
	mutex_exit(&m);
	cv_destroy(&cv);
	mutex_destroy(&m);
	if (error == RUMP_EINTR && arg[1] != 0) {
		ns = end - clock_monotonic_ns();
		ns = ns > 0 ? ns : 0;
		ts = (struct rump_timespec){ns / NSEC_PER_SEC, (long)(ns % NSEC_PER_SEC)};
		if (copyout(&ts, ARG_PTR(void *, arg[1]), sizeof(ts)) != 0)
			error = RUMP_EFAULT;
	}
	return error;
}
RUMP_SYSCALL(nanosleep, RUMP_SYS___nanosleep50, sys_nanosleep);
