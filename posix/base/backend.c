/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the storage and network backends, and their errors as Linux's. */
#include "base/os.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "network/network.h"
#include "storage/storage.h"

/* A system may lack either backend (docs/composition.md, Wiring). */
extern __typeof__(storage_syscall) storage_syscall __attribute__((weak));
extern __typeof__(network_syscall) network_syscall __attribute__((weak));

static long result(struct cos_pair r)
{
	if (r.v0 == 0)
		return r.v1;
	return r.v0 > 0 ? -(long)linux_errno_from_netbsd((int)r.v0) : linux_errno_from_cos(r.v0);
}

long storage_call_n(long num, unsigned long a0, unsigned long a1, unsigned long a2,
		    unsigned long a3, unsigned long a4)
{
	return storage_syscall ? result(storage_syscall(num, a0, a1, a2, a3, a4)) : -LX_ENOENT;
}

long network_call_n(long num, unsigned long a0, unsigned long a1, unsigned long a2,
		    unsigned long a3, unsigned long a4)
{
	return network_syscall ? result(network_syscall(num, a0, a1, a2, a3, a4))
			       : -LX_EAFNOSUPPORT;
}

bool storage_present(void)
{
	return storage_syscall != NULL;
}

bool network_present(void)
{
	return network_syscall != NULL;
}
