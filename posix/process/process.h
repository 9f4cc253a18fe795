/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes. A process is a set of threads with what they share. Address space, descriptors and
 * working directory are objects of their own with a reference count, since a process may share
 * them with another once there is fork.
 *
 * Locks, in the order in which they are taken; a thread that holds one takes only later ones:
 *
 *	epoll's structure lock, an epoll's own	file/epoll.c
 *	mm->lock				mm/mapping.h
 *	a file's own (pipe, unix_lock, ...)	the file's .c
 *	timers_lock, a timerfd's		time/
 *	proc_lock	all processes and threads, and what they have in common
 *	signal_lock	of a process: actions and pending signals
 *	event lock	all queues (base/event.h)
 */
#ifndef POSIX_PROCESS_PROCESS_H
#define POSIX_PROCESS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/list.h>
#include "abi/abi.h"
#include "base/event.h"
#include "base/os.h"
#include "signal/pending.h"

struct fdtable;
struct fs_context;
struct mm;
struct thread;

struct process {
	struct list_node link; /* all processes */
	int pid, pgid, sid;
	struct process *parent;
	struct list_node threads; /* link of struct thread */
	unsigned nthreads;
	bool exiting;		  /* every thread is to end (process.c, R1) */
	struct waitq thread_wait; /* a thread has ended: exec waits for it */
	int exit_status;	  /* as wait4 reports it: status << 8, or the signal */

	struct mm *mm;
	struct fdtable *fds;
	struct fs_context *fs;

	struct cos_mutex signal_lock; /* actions, and pending signals of process and threads */
	struct lx_sigaction actions[LX_NSIG];
	struct sigpending pending;
	struct waitq signal_wait; /* signalfd */

	struct lx_rlimit limits[LX_RLIM_NLIMITS];
	uint32_t uid, euid, suid, gid, egid, sgid;
	uint32_t *groups;
	unsigned ngroups;
	struct list_node timers; /* timer_create */
	int next_timer;
	long sched_budget; /* of CPU time, for its threads (sched/sched.h) */
	uint64_t start_ns;
	uint64_t ended_cpu_ns; /* CPU time of its threads that have ended */
	char name[16];
	char *exe;		     /* path of the executable */
	uint64_t arg_start, arg_end; /* in its memory */
	char *cmdline;
	unsigned long cmdline_len;
};

extern struct cos_mutex proc_lock;

/* By Linux's ids, under proc_lock. */
struct process *proc_find(int pid);
struct thread *proc_thread(struct process *proc, int tid);
int proc_new_id(void);	   /* of a process or thread; under proc_lock */
unsigned proc_count(void); /* threads in all */

struct process *proc_create(struct process *parent); /* NULL: out of memory */
/* All threads have left: give back what the process held. t: the last one, NULL: none is left. */
void proc_end(struct process *proc, struct thread *t);
/*
 * Ask every thread of the process to end; status as for wait4. A caller that is one of them leaves
 * by thread_leave.
 */
void proc_kill(struct process *proc, int status);
/*
 * End all threads but t, for exec. False: the whole process ends instead. *computing: some were in
 * the program, and may run on for a moment.
 */
bool proc_single(struct thread *t, bool *computing);
/* t, by now alone, gives the program up: what a new one does not inherit goes (hooks.h). */
void proc_exec(struct thread *t);

#endif
