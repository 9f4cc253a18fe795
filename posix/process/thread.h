/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread of a program is a thread of the system that runs in the program's component and visits
 * posix for every system call; posix finds its struct thread by the system's id.
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

/* Words of a core mask: bits for as many cores as the kernel may have (COS_CORES_MAX). */
#define AFFINITY_WORDS 4

struct thread {
	struct list_node link;
	struct process *proc;
	int tid;		  /* Linux's */
	long cos_tid;		  /* the system's; 0 until it runs */
	uintptr_t *place;	  /* its word in the table (thread.c); NULL until it runs */
	struct gate_frame *frame; /* of the call under way */
	bool started;

	/* What a new thread, or program, begins with (thread_load). */
	struct cpu_regs start;
	uint64_t start_fs_base;

	uint64_t blocked;
	uint64_t saved_mask; /* to return to after sigsuspend and the like */
	bool restore_mask;
	struct sigpending pending;
	bool killed; /* it is to end */
	struct lx_stack altstack;
	uint64_t fault_kind, fault_error, fault_addr; /* of its last exception */

	uint64_t affinity[AFFINITY_WORDS]; /* a bit each core; none: all */
	struct thread_policy policy;
	uint64_t clear_child_tid;
	uint64_t robust_list;
	char name[16];

	char *shared; /* THREAD_SHARED bytes that the backends see */
};

/*
 * A thread's shared buffer: two paths, NetBSD's structures, and room for data that has to be
 * copied.
 */
#define THREAD_SHARED 65536
#define SHARED_PATH0 0
#define SHARED_PATH1 4096
#define SHARED_ARGS 8192
#define SHARED_ARGS_SIZE 8192
#define SHARED_IOV 16384
#define SHARED_DATA 32768
#define SHARED_DATA_SIZE (THREAD_SHARED - SHARED_DATA)
static inline void *shared_at(struct thread *t, unsigned offset)
{
	return t->shared + offset;
}

/* By the system's thread id, without a lock; NULL if it is none of ours. */
struct thread *thread_find(long cos_tid);
/* A thread that has not started; NULL: out of memory. */
struct thread *thread_create(struct process *proc);
/* It begins with t->start and t->start_fs_base. -LX_E*: it could not be made, and is gone. */
long thread_start(struct thread *t);
/* Number of the first "system call" of a thread: beyond Linux's, below 2^16. */
#define THREAD_START_NUMBER 0xff00

/* Ends the calling thread: does not return (but in the tests, where it longjmps out of the call). */
_Noreturn void thread_exit(struct thread *t, int status);
/*
 * Under proc_lock: t is to end. True: it was in the program, and is taken away; for it to stop, its
 * address space has to (mm_stop). False: it is told, and leaves by itself.
 */
bool thread_claim(struct thread *t);
/* On the way in: the calling thread; NULL: it was taken away, and is to end. */
struct thread *thread_enter(long cos_tid);
/* The first arrival of a thread: its result. */
long thread_begin(struct thread *t);
/* End the calling thread, which is in no table any more. */
_Noreturn void thread_end(void);
/* On the way out: ends the thread if it is to end. t is not to be used afterwards. */
void thread_leave(struct thread *t);
/* The calling thread goes on with t->start when it leaves posix. */
void thread_load(struct thread *t);
/* The calling thread goes on in the address space that its process has by now, with t->start. */
_Noreturn void thread_restart(struct thread *t);

bool thread_interrupted(struct thread *t); /* a signal to deliver, or the end */
void thread_unpark(struct thread *t);

#endif
