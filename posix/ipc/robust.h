/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thread's end does to futexes. */
#ifndef POSIX_IPC_ROBUST_H
#define POSIX_IPC_ROBUST_H

struct process_hooks;

extern const struct process_hooks robust_hooks;

#endif
