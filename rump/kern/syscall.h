/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system-call table. A component registers its calls by link set:
 *
 *	static int sys_listen(struct lwp *l, const int64_t *arg, rump_register_t *retval) { ... }
 *	RUMP_SYSCALL(listen, RUMP_SYS_listen, sys_listen)
 *
 * arg[i] is the slot of the i-th argument, as in NetBSD's sys_*_args: an int argument is
 * (int)arg[i], a pointer ARG_PTR(void *, arg[i]). retval[0] is 0 on entry. A handler returns 0 or a
 * positive errno. A number without a handler returns ENOSYS.
 */
#ifndef RUMP_KERN_SYSCALL_H
#define RUMP_KERN_SYSCALL_H

#include <rump/syscall.h>
#include <rump/types.h>

#include "kern/component.h"
#include "kern/lwp.h"

typedef int (*syscall_fn)(struct lwp *l, const int64_t *arg, rump_register_t *retval);

struct syscall_entry {
	int se_num;
	syscall_fn se_fn;
	const char *se_name;
};

#define RUMP_SYSCALL(name, num, fn)                                                \
	static const struct syscall_entry syscall_entry_##name = {num, fn, #name}; \
	LINK_SET_ADD(rump_syscalls, syscall_entry_##name)

#define ARG_PTR(type, slot) ((type)(uintptr_t)(slot))

int rump_syscall(int num, void *args, size_t len, rump_register_t *retval);
/* The same for an lwp that is in the kernel already. */
int syscall_dispatch(struct lwp *l, int num, const int64_t *arg, rump_register_t *retval);
void syscall_bootstrap(void);

#endif
