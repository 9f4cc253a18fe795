/* SPDX-License-Identifier: BSD-2-Clause */
/* prctl, arch_prctl and other calls that set or ask one thing about a process or thread. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "calls.h"
#include "mm/user.h"
#include "process/thread.h"

#define PR_SET_PDEATHSIG 1
#define PR_GET_PDEATHSIG 2
#define PR_GET_DUMPABLE 3
#define PR_SET_DUMPABLE 4
#define PR_GET_KEEPCAPS 7
#define PR_SET_KEEPCAPS 8
#define PR_SET_NAME 15
#define PR_GET_NAME 16
#define PR_GET_SECCOMP 21
#define PR_CAPBSET_READ 23
#define PR_GET_TIMERSLACK 30
#define PR_SET_TIMERSLACK 29
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39
long sys_prctl(struct thread *t, const uint64_t *a)
{
	int32_t zero = 0;
	char name[16];

	switch ((int)a[0]) {
	case PR_SET_NAME: {
		long r = user_string(t, name, a[1], sizeof(name));

		if (r == -LX_EFAULT)
			return r;
		name[15] = 0;
		memcpy(t->name, name, sizeof(t->name));
		return 0;
	}
	case PR_GET_NAME:
		return user_put(t, a[1], t->name, sizeof(t->name));
	case PR_SET_PDEATHSIG: /* the parent of the first program does not die */
		return a[1] > LX_NSIG ? -LX_EINVAL : 0;
	case PR_GET_PDEATHSIG:
		return user_put(t, a[1], &zero, sizeof(zero));
	case PR_GET_DUMPABLE:
	case PR_CAPBSET_READ:
		return 1;
	case PR_SET_DUMPABLE: /* there are no core dumps to allow or forbid */
		return a[1] > 1 ? -LX_EINVAL : 0;
	case PR_GET_KEEPCAPS:
	case PR_GET_SECCOMP:
	case PR_SET_TIMERSLACK:
	case PR_SET_KEEPCAPS:
		return 0;
	case PR_GET_TIMERSLACK:
		return 50000;
	case PR_SET_NO_NEW_PRIVS:
		return a[1] == 1 ? 0 : -LX_EINVAL; /* no exec here gives privileges */
	case PR_GET_NO_NEW_PRIVS:
		return 1;
	default:
		return -LX_EINVAL;
	}
}

long sys_arch_prctl(struct thread *t, const uint64_t *a)
{
	uint64_t base;

	switch (a[0]) {
	case LX_ARCH_SET_FS:
		if (!user_range(a[1], 1))
			return -LX_EPERM;
		cpu_fs_base_set(a[1]);
		return 0;
	case LX_ARCH_GET_FS:
		base = cpu_fs_base_get();
		return user_put(t, a[1], &base, sizeof(base));
	case LX_ARCH_SET_GS:
		if (!user_range(a[1], 1))
			return -LX_EPERM;
		cpu_gs_base_set(a[1]);
		return 0;
	case LX_ARCH_GET_GS:
		base = cpu_gs_base_get();
		return user_put(t, a[1], &base, sizeof(base));
	default:
		return -LX_EINVAL;
	}
}

long sys_personality(struct thread *t, const uint64_t *a)
{
	(void)t;
	return (uint32_t)a[0] == ~0u || a[0] == 0 ? 0 : -LX_EINVAL;
}

#define MEMBARRIER_QUERY 0
long sys_membarrier(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] == MEMBARRIER_QUERY ? 0 : -LX_EINVAL; /* no command is offered */
}

/* Restartable sequences need the kernel at every preemption; C libraries do without (rseq(2)). */
long sys_rseq(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	return -LX_ENOSYS;
}
