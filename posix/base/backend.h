/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The backends: two rump kernels, storage and network. posix issues system calls with NetBSD's
 * numbers and structures to them, and gets Linux's errors.
 */
#ifndef POSIX_BASE_BACKEND_H
#define POSIX_BASE_BACKEND_H

#include <stdbool.h>
#include <rump/socket.h>
#include <rump/syscall.h>
#include <rump/types.h>
#include "interface.h"

#define A(x) ((unsigned long)(x))

/* The result, or -LX_E*: without storage -LX_ENOENT, without network -LX_EAFNOSUPPORT. */
long storage_call_n(long num, unsigned long a0, unsigned long a1, unsigned long a2,
		    unsigned long a3, unsigned long a4);
long network_call_n(long num, unsigned long a0, unsigned long a1, unsigned long a2,
		    unsigned long a3, unsigned long a4);
/* The same with up to five arguments; missing ones are 0. */
#define CALL_PAD(num, a0, a1, a2, a3, a4, ...) num, A(a0), A(a1), A(a2), A(a3), A(a4)
#define storage_call(...) storage_call_n(CALL_PAD(__VA_ARGS__, 0, 0, 0, 0, 0, 0))
#define network_call(...) network_call_n(CALL_PAD(__VA_ARGS__, 0, 0, 0, 0, 0, 0))

bool storage_present(void);
bool network_present(void);

#endif
