/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of programs. Such a thread runs in the program's component and visits posix for every
 * system call. posix finds its struct thread by the system's thread id (thread.c).
 */
#ifndef POSIX_PROCESS_THREAD_H
#define POSIX_PROCESS_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/list.h>
#include "abi/abi.h"
#include "arch/cpu.h"
#include "base/event.h"
#include "process/policy.h"
#include "signal/pending.h"

struct process;

#define AFFINITY_WORDS 4 /* of a core mask: 256 bits, as many cores as COS can have */

struct thread {
	struct list_node link;
	struct process *proc;
	int tid;		  /* Linux's */
	long cos_tid;		  /* the system's; 0 until it runs */
	uintptr_t *place;	  /* in the table (thread.c); NULL until it runs */
	struct gate_frame *frame; /* of the system call in progress */
	bool started;

	/* What a new thread, or program, begins with (thread_load). */
	struct cpu_regs start;
	uint64_t start_fs_base;

	uint64_t blocked;
	uint64_t saved_mask; /* restored after sigsuspend and the like */
	bool restore_mask;
	struct sigpending pending;
	bool killed; /* it is to end when it leaves posix */
	struct lx_stack altstack;
	uint64_t fault_kind, fault_error, fault_addr; /* of its last exception */

	uint64_t affinity[AFFINITY_WORDS]; /* a bit for each core; none set: all */
	struct thread_policy policy;
	uint64_t clear_child_tid;
	uint64_t robust_list;
	char name[16];

	char *shared; /* THREAD_SHARED bytes that the backends see */
};

/*
 * A thread's shared buffer: two paths (LX_PATH_MAX each), NetBSD's structures, iovs (LX_IOV_MAX of
 * them), and room for data that has to be copied.
 */
#define THREAD_SHARED 65536 /* 32 KiB for data, and the rest */
#define SHARED_PATH0 0
#define SHARED_PATH1 4096
#define SHARED_ARGS 8192
#define SHARED_IOV 16384
#define SHARED_DATA 32768
#define SHARED_DATA_SIZE (THREAD_SHARED - SHARED_DATA)
static inline void *shared_at(struct thread *t, unsigned offset)
{
	return t->shared + offset;
}

/* By the system's thread id, without a lock; NULL: not a thread of a program. */
struct thread *thread_find(long cos_tid);
/* Make a thread, which does not run yet; NULL: out of memory. */
struct thread *thread_create(struct process *proc);
/* Run it, beginning with t->start and t->start_fs_base. 0 or -LX_E*: then t is freed. */
long thread_start(struct thread *t);
/*
 * A thread's first visit to posix has this number: above Linux's calls, and below 2^16, which is as
 * much as the gate lets through.
 */
#define THREAD_START_NUMBER 0xff00

/* End the calling thread. (On the host the call is left by longjmp: tests/posix/run.c.) */
_Noreturn void thread_exit(struct thread *t, int status);
/*
 * Under proc_lock: t is to end. True: it computed, and is detached (thread.c, P3); it stops when
 * its address space does (mm_stop). False: it is in posix, and ends when it leaves.
 */
bool thread_claim(struct thread *t);
/* On the way in: the calling thread; NULL: it was detached, and must end (thread_end). */
struct thread *thread_enter(long cos_tid);
/* A thread's first visit. Its result is what clone returns in the child. */
long thread_begin(struct thread *t);
/* End the calling thread, which has no place any more. */
_Noreturn void thread_end(void);
/* On the way out: ends the thread if it is to end. t must not be used afterwards. */
void thread_leave(struct thread *t);
/* The calling thread goes on with t->start when it leaves posix. */
void thread_load(struct thread *t);
/* The calling thread goes on, with t->start, in the address space that its process has by now. */
_Noreturn void thread_restart(struct thread *t);

bool thread_interrupted(struct thread *t); /* a signal to deliver, or the end */
void thread_unpark(struct thread *t);

#endif
