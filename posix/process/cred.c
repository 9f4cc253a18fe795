/* SPDX-License-Identifier: BSD-2-Clause */
/* Identity: ids of a process, its user and groups. */
#include "base/os.h"
#include "abi/errno.h"
#include "calls.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

#define ID(call, value)                                      \
	long sys_##call(struct thread *t, const uint64_t *a) \
	{                                                    \
		(void)a;                                     \
		return (value);                              \
	}
ID(getpid, t->proc->pid)
ID(getppid, t->proc->parent ? t->proc->parent->pid : 1)
ID(gettid, t->tid)
ID(getuid, t->proc->uid)
ID(geteuid, t->proc->euid)
ID(getgid, t->proc->gid)
ID(getegid, t->proc->egid)
ID(getpgrp, t->proc->pgid)

/*
 * Users. To the backends, posix is one user: no file is protected from a program by these ids. They
 * are kept for the program to read, and a program that has given up root does not get it back.
 */
static bool may(uint32_t effective, uint32_t id, uint32_t real, uint32_t saved)
{
	return effective == 0 || id == real || id == effective || id == saved;
}

long sys_setuid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;
	uint32_t id = (uint32_t)a[0];

	if (id == ~0u)
		return -LX_EINVAL;
	if (p->euid == 0)
		p->uid = p->euid = p->suid = id;
	else if (id == p->uid || id == p->suid)
		p->euid = id;
	else
		return -LX_EPERM;
	return 0;
}

long sys_setgid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;
	uint32_t id = (uint32_t)a[0];

	if (id == ~0u)
		return -LX_EINVAL;
	if (p->euid == 0)
		p->gid = p->egid = p->sgid = id;
	else if (id == p->gid || id == p->sgid)
		p->egid = id;
	else
		return -LX_EPERM;
	return 0;
}

static long set_three(bool root, uint32_t *r, uint32_t *e, uint32_t *s, const uint64_t *a,
		      unsigned n)
{
	uint32_t *slot[3] = {r, e, s}, old[3] = {*r, *e, *s};

	for (unsigned i = 0; i < n; i++)
		if ((uint32_t)a[i] != ~0u && !root && !may(1, (uint32_t)a[i], old[0], old[2]) &&
		    (uint32_t)a[i] != old[1])
			return -LX_EPERM;
	for (unsigned i = 0; i < n; i++)
		if ((uint32_t)a[i] != ~0u)
			*slot[i] = (uint32_t)a[i];
	if (n == 2 && ((uint32_t)a[0] != ~0u || ((uint32_t)a[1] != ~0u && *e != old[0])))
		*s = *e;
	return 0;
}

long sys_setresuid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->uid, &p->euid, &p->suid, a, 3);
}

long sys_setresgid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->gid, &p->egid, &p->sgid, a, 3);
}

long sys_setreuid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->uid, &p->euid, &p->suid, a, 2);
}

long sys_setregid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->gid, &p->egid, &p->sgid, a, 2);
}

static long put_three(struct thread *t, const uint64_t *a, uint32_t r, uint32_t e, uint32_t s)
{
	return user_put(t, a[0], &r, 4) < 0 || user_put(t, a[1], &e, 4) < 0 ||
			       user_put(t, a[2], &s, 4) < 0
		       ? -LX_EFAULT
		       : 0;
}

long sys_getresuid(struct thread *t, const uint64_t *a)
{
	return put_three(t, a, t->proc->uid, t->proc->euid, t->proc->suid);
}

long sys_getresgid(struct thread *t, const uint64_t *a)
{
	return put_three(t, a, t->proc->gid, t->proc->egid, t->proc->sgid);
}

#define NGROUPS_MAX 65536 /* as Linux */
long sys_setgroups(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;
	uint32_t *groups = NULL;

	if (p->euid != 0)
		return -LX_EPERM;
	if (a[0] > NGROUPS_MAX)
		return -LX_EINVAL;
	if (a[0]) {
		groups = cos_malloc(a[0] * sizeof(*groups));
		if (!groups)
			return -LX_ENOMEM;
		if (user_get(t, groups, a[1], a[0] * sizeof(*groups)) < 0) {
			cos_free(groups);
			return -LX_EFAULT;
		}
	}
	cos_free(p->groups);
	p->groups = groups;
	p->ngroups = (unsigned)a[0];
	return 0;
}

long sys_getgroups(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	if ((int)a[0] < 0 || (a[0] && a[0] < p->ngroups))
		return -LX_EINVAL;
	if (a[0] && user_put(t, a[1], p->groups, p->ngroups * sizeof(*p->groups)) < 0)
		return -LX_EFAULT;
	return p->ngroups;
}

/* Version 3 of the header; all capabilities to root, none to others (capget(2)). */
long sys_capget(struct thread *t, const uint64_t *a)
{
	uint32_t head[2], data[6] = {0};

	if (user_get(t, head, a[0], sizeof(head)) < 0)
		return -LX_EFAULT;
	if (head[0] != 0x20080522) {
		head[0] = 0x20080522;
		return user_put(t, a[0], head, 4) < 0 ? -LX_EFAULT : -LX_EINVAL;
	}
	for (int i = 0; t->proc->euid == 0 && i < 2; i++)
		data[3 * i] = data[3 * i + 1] = i ? 0x1ff : ~0u;
	return a[1] ? user_put(t, a[1], data, sizeof(data)) : 0;
}
