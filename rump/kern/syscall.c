/* SPDX-License-Identifier: BSD-2-Clause */
/* The system-call table and the way into it (syscall.h). */
#include "kern/syscall.h"

#include <rump/errno.h>

#include "kern/copy.h"
#include "kern/printf.h"

LINK_SET_DECLARE(rump_syscalls, struct syscall_entry);

static syscall_fn sysent[RUMP_SYS_NSYSENT];

int syscall_dispatch(struct lwp *l, int num, const int64_t *arg, rump_register_t *retval)
{
	syscall_fn fn;

	if (num < 0 || num >= RUMP_SYS_NSYSENT || (fn = sysent[num]) == NULL)
		return RUMP_ENOSYS;
	lwp_update_cred(l);
	retval[0] = retval[1] = 0;
	return fn(l, arg, retval);
}

int rump_syscall(int num, void *args, size_t len, rump_register_t *retval)
{
	int error;

	(void)len;
	rump_schedule();
	error = syscall_dispatch(curlwp, num, args, retval);
	rump_unschedule();
	return error;
}

void syscall_bootstrap(void)
{
	const struct syscall_entry *const *e;

	LINK_SET_FOREACH(e, rump_syscalls)
	{
		KASSERT((*e)->se_num >= 0 && (*e)->se_num < RUMP_SYS_NSYSENT);
		if (sysent[(*e)->se_num] != NULL)
			panic("system call %d (%s) is registered twice", (*e)->se_num,
			      (*e)->se_name);
		sysent[(*e)->se_num] = (*e)->se_fn;
	}
}
