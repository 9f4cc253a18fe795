/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes and their threads. A thread of a program is a thread of the system that runs in the
 * program's component and visits posix for every system call; posix finds its struct thread by its
 * id.
 *
 * A process is a set of threads with what they share. What can be shared by more than one process
 * once there is fork (address space, descriptors, working directory, signal actions) is an object
 * of its own with a reference count. Lock order: proc_lock, signal lock, event lock.
 */
#ifndef POSIX_THREAD_H
#define POSIX_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include "cpu.h"
#include "event.h"
#include "linux/abi.h"
#include <cos/list.h>
#include "os.h"

struct fdtable;
struct file;
struct mm;

/* Working directory and umask: CLONE_FS. */
struct fs_context {
	unsigned refs;
	struct cos_mutex lock;
	struct file *cwd;
	char *cwd_path; /* as it was at chdir: only to recognise /dev and /proc */
	unsigned umask;
};

struct siginfo_queued {
	struct list_node link;
	struct lx_siginfo info;
};

/* Signals that wait for a thread or for any thread of a process. */
struct sigpending {
	uint64_t set;
	struct list_node queue; /* siginfo_queued */
};

struct process {
	struct list_node link; /* all processes */
	int pid, pgid, sid;
	struct process *parent;
	struct list_node threads; /* link of struct thread */
	unsigned nthreads;
	bool exiting;		  /* every thread is to end */
	struct waitq thread_wait; /* a thread has ended: for exec */
	int exit_status;	  /* as wait4 reports it: status << 8, or the signal */

	struct mm *mm;
	struct fdtable *fds;
	struct fs_context *fs;

	struct cos_mutex signal_lock; /* actions, pending sets, of its threads as well */
	struct lx_sigaction actions[LX_NSIG];
	struct sigpending pending;
	struct waitq signal_wait; /* signalfd */

	struct lx_rlimit limits[LX_RLIM_NLIMITS];
	uint32_t uid, euid, suid, gid, egid, sgid;
	uint32_t *groups;
	unsigned ngroups;
	struct os_timer *itimer; /* ITIMER_REAL */
	struct list_node timers; /* timer_create */
	int next_timer;
	long sched_group; /* that its threads' time is from (interface/sched) */
	uint64_t start_ns;
	uint64_t ended_cpu_ns; /* CPU time of its threads that have ended */
	char name[16];
	char *exe;		     /* path of the executable */
	uint64_t arg_start, arg_end; /* in its memory */
	char *cmdline;
	unsigned long cmdline_len;
};

#define AFFINITY_WORDS 4 /* bits for as many cores as the kernel may have */

/* policy.c. The times are a deadline's, 0 without one. */
struct thread_policy {
	int number; /* SCHED_* */
	bool reset_on_fork;
	uint64_t runtime_ns, deadline_ns, period_ns;
};

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

	char *shared;	    /* THREAD_SHARED bytes that the backends see */
	struct waiter wait; /* for what needs one waiter only */
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

extern struct cos_mutex proc_lock;

/* By the system's thread id, without a lock; NULL if it is none of ours. */
struct thread *thread_find(long cos_tid);
/* A new thread has its maker's affinity: by itself, first of all. */
void affinity_begin(struct thread *t);
/* sched is told; what it refuses. */
long affinity_apply(const struct thread *t);
bool affinity_is_all(const struct thread *t);
/* One with a deadline makes threads only if they are to have none. */
bool policy_may_clone(const struct thread *t);
void policy_inherit(const struct thread *t, struct thread *new);
void policy_begin(struct thread *t); /* by itself, as with affinity_begin */
/* By Linux's ids, under proc_lock. */
struct process *proc_find(int pid);
struct thread *proc_thread(struct process *proc, int tid);

struct process *proc_create(struct process *parent); /* NULL: out of memory */
uint64_t proc_cpu_ns(struct process *proc);	     /* clock.c */
uint64_t thread_cpu_ns(struct thread *t);
int proc_new_id(void);	   /* of a process or thread; under proc_lock */
unsigned proc_count(void); /* threads in all */
void proc_end(struct process *proc, struct thread *t);
/* A thread that has not started; NULL: out of memory. */
struct thread *thread_create(struct process *proc);
/* It begins with t->start and t->start_fs_base. -LX_E*: it could not be made, and is gone. */
long thread_start(struct thread *t);
/* Number of the first "system call" of a thread: beyond Linux's, below 2^16. */
#define THREAD_START_NUMBER 0xff00

/* Ends the calling thread: does not return (but in the tests, where it longjmps out of the call).
 */
_Noreturn void thread_exit(struct thread *t, int status);
/* Ask every thread of the process to end; status as for wait4. A caller that is one of them leaves
 * by thread_leave. */
void proc_kill(struct process *proc, int status);
/*
 * End all threads but t, for exec: false if the whole process ends instead. *computing: there were
 * some in the program, which may run on for a moment.
 */
bool proc_single(struct thread *t, bool *computing);
/*
 * Under proc_lock: t is to end. True: it was in the program, and is taken away; for it to stop, its
 * address space has to (mm_stop). False: it is told, and leaves by itself.
 */
bool thread_claim(struct thread *t);
/* On the way in: the calling thread; NULL: it was taken away, and is to end. */
struct thread *thread_enter(long cos_tid);
/* Called on the way out of posix: ends the thread if it is to end. t is not to be used afterwards.
 */
void thread_leave(struct thread *t);
/* The calling thread goes on with t->start when it leaves posix. */
void thread_load(struct thread *t);
/* The calling thread goes on in the address space that its process has by now, with t->start. */
_Noreturn void thread_restart(struct thread *t);

bool thread_interrupted(struct thread *t); /* a signal to deliver, or the end */
void thread_unpark(struct thread *t);
void thread_set_shared(struct thread *t); /* makes t->shared, asserts that it could */

static inline void *shared_at(struct thread *t, unsigned offset)
{
	return t->shared + offset;
}

#endif
