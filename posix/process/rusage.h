/* SPDX-License-Identifier: BSD-2-Clause */
/* CPU time. */
#ifndef POSIX_PROCESS_RUSAGE_H
#define POSIX_PROCESS_RUSAGE_H

#include <stdint.h>

struct process;
struct thread;

uint64_t thread_cpu_ns(struct thread *t);
/* Of all threads, those that have ended included. */
uint64_t proc_cpu_ns(struct process *proc);

#endif
