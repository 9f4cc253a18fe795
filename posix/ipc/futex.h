/* SPDX-License-Identifier: BSD-2-Clause */
/* Futexes, as posix itself needs them. */
#ifndef POSIX_IPC_FUTEX_H
#define POSIX_IPC_FUTEX_H

#include <stdint.h>

struct thread;

/* Wake up to n threads that wait on the word: how many. */
long futex_wake_address(struct thread *t, uint64_t addr, long n);
/* The word of a program, aligned, in one piece. 0 or -LX_EFAULT. */
long futex_word(struct thread *t, uint64_t addr, uint32_t *value);

#endif
