/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into posix, and what is registered there: the table of system calls, process_hooks,
 * synth_trees.
 *
 * A call that posix does not have is ENOSYS; the first time a program issues it, the log says so.
 */
#include "base/os.h"
#include "abi/errno.h"
#include "calls.h"
#include "file/fdtable.h"
#include "fs/context.h"
#include "fs/tree.h"
#include "init/init.h"
#include "ipc/robust.h"
#include "mm/mapping.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/thread.h"
#include "signal/signal.h"
#include "synth/dev.h"
#include "synth/proc.h"
#include "time/itimer.h"

struct call {
	const char *name;
	long (*function)(struct thread *, const uint64_t *);
	uint64_t refused; /* how often it was ENOSYS: the log has the first */
};

static struct call table[] = {
#define HAVE(number, name) [number] = {#name, sys_##name, 0},
#define NONE(number, name) [number] = {#name, NULL, 0},
#include "calls.list.h"
};

/*
 * In the order in which they are called. itimer is first, so that no timer fires for a process that
 * ends (process.c, R3); init is last, since it ends the system after the first program.
 */
const struct process_hooks *const process_hooks[] = {
	&itimer_hooks, &fdtable_hooks, &fs_hooks,   &signal_hooks,
	&robust_hooks, &mapping_hooks, &init_hooks, NULL,
};

const struct synth_ops *const synth_trees[] = {&dev_tree, &proc_tree, NULL};

/* A call by number: its result. */
static long call_dispatch(struct thread *t, uint64_t number, const uint64_t *args)
{
	static uint64_t unknown;
	struct call *call = number < ARRAY_LEN(table) ? &table[number] : NULL;

	if (call && call->function)
		return call->function(t, args);
	if (!call || !call->name) {
		if (__atomic_fetch_add(&unknown, 1, __ATOMIC_RELAXED) == 0)
			cos_log("posix: %s: system call %lu: no such number\n", t->proc->name,
				(unsigned long)number);
	} else if (__atomic_fetch_add(&call->refused, 1, __ATOMIC_RELAXED) == 0) {
		cos_log("posix: %s: %s (system call %lu) is not implemented\n", t->proc->name,
			call->name, (unsigned long)number);
	}
	return -LX_ENOSYS;
}

const char *call_name(uint64_t number)
{
	return number < ARRAY_LEN(table) ? table[number].name : NULL;
}

/* Every system call of every program. */
long posix_syscall(struct gate_frame *f, long cos_tid, long comp)
{
	struct thread *t = thread_enter(cos_tid);
	long result;

	(void)comp;
	if (__builtin_expect(!t, 0))
		thread_end();
	t->frame = f;
	if (__builtin_expect(!t->started, 0)) {
		t->started = true;
		result = thread_begin(t);
	} else {
		result = call_dispatch(t, f->number, f->arg);
		if (__builtin_expect(
			    thread_interrupted(t) || t->restore_mask || result <= -LX_RESTART, 0))
			result = signal_deliver(t, result);
	}
	thread_leave(t);
	return result;
}
