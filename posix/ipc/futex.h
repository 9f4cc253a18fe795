/* SPDX-License-Identifier: BSD-2-Clause */
/* Futexes: what becomes of those of a thread that ends. */
#ifndef POSIX_IPC_FUTEX_H
#define POSIX_IPC_FUTEX_H

struct process_hooks;

extern const struct process_hooks futex_hooks;

#endif
