/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_IPC_FUTEX_H
#define POSIX_IPC_FUTEX_H

#include <stdint.h>

struct thread;

/* Wake up to n threads that wait on the word: how many. */
long futex_wake_address(struct thread *t, uint64_t addr, long n);
/* A thread ends: the robust mutexes that it holds pass on as OWNER_DIED. */
void futex_robust_exit(struct thread *t);

#endif
