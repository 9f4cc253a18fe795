/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: their table, their way into posix and out of it, and their end.
 *
 * The table has a word for each of the system's thread ids, the thread's place: a pointer to the
 * struct thread, with two bits beside it.
 *
 *	0			no thread of posix's, or one that was detached
 *	t			t computes in the program
 *	t | IN_POSIX		t is in posix
 *	t | IN_POSIX | TO_END	t is in posix, and ends itself when it leaves
 *
 *	0 -> t					launch, under proc_lock
 *	t -> t | IN_POSIX			thread_enter, by t itself
 *	t | IN_POSIX -> t			thread_leave, by t itself
 *	t -> 0					thread_claim, by the thread that ends t
 *	t | IN_POSIX -> t | IN_POSIX | TO_END	thread_claim
 *	t | IN_POSIX [| TO_END] -> 0		thread_exit, thread_restart, by t itself
 *
 * P1. Entering, leaving and claiming are one compare-and-swap each. So of a thread that enters and
 *     another that claims it, exactly one succeeds.
 * P2. A thread in posix ends on its own stack there. Its place and its entry in the process's list
 *     go first, then sched ends it: nothing refers to it by then.
 * P3. A thread that computes cannot be waited for. Claiming it detaches it: its struct is freed and
 *     its place is 0, so a later thread of the same id is not mistaken for it. mem stops it with
 *     the program's component (mm_stop). If it enters posix before that, it finds no struct and
 *     ends.
 * P4. Once thread_leave has made the place t, t may be freed at any moment: the leaving thread does
 *     not touch it any more.
 * P5. launch makes the thread and fills its place under proc_lock. A thread that finds its place
 *     empty looks again under that lock: a new thread finds itself however soon it runs.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "base/event.h"
#include "mm/space.h"
#include "process/affinity.h"
#include "process/hooks.h"
#include "process/policy.h"
#include "process/process.h"
#include "process/rusage.h"
#include "process/thread.h"
#include "signal/pending.h"
#include "signal/signal.h"
#include "sched/program.h"

/* Bits of a place beside the pointer. */
#define IN_POSIX 1ul
#define TO_END 2ul /* when it leaves posix */
#define FLAGS (IN_POSIX | TO_END)

#define TABLE_LEAF 1024 /* places made at once: 8 KiB */
static uintptr_t *table[COS_THD_MAX / TABLE_LEAF];

/* Shared buffers of threads that have ended, for the next ones: making one is a call of mem. */
struct free_shared {
	struct free_shared *next;
	char *buffer;
};
static struct cos_mutex shared_lock;
static struct free_shared *free_shared;

static uintptr_t *place_of(long cos_tid)
{
	uintptr_t *leaf;

	if (cos_tid < 0 || cos_tid >= COS_THD_MAX)
		return NULL;
	leaf = __atomic_load_n(&table[cos_tid / TABLE_LEAF], __ATOMIC_ACQUIRE);
	return leaf ? &leaf[cos_tid % TABLE_LEAF] : NULL;
}

struct thread *thread_find(long cos_tid)
{
	uintptr_t *place = place_of(cos_tid);

	return place ? (struct thread *)(__atomic_load_n(place, __ATOMIC_ACQUIRE) & ~FLAGS) : NULL;
}

/* Under proc_lock: fill the place of t. False: out of memory, or not an id (sched's error). */
static bool table_enter(long cos_tid, struct thread *t)
{
	if (cos_tid < 0 || cos_tid >= COS_THD_MAX)
		return false;
	if (!table[cos_tid / TABLE_LEAF]) {
		uintptr_t *leaf = cos_calloc(TABLE_LEAF, sizeof(*leaf));

		if (!leaf)
			return false;
		__atomic_store_n(&table[cos_tid / TABLE_LEAF], leaf, __ATOMIC_RELEASE);
	}
	t->place = place_of(cos_tid);
	__atomic_store_n(t->place, (uintptr_t)t, __ATOMIC_RELEASE);
	__atomic_store_n(&t->cos_tid, cos_tid, __ATOMIC_RELEASE);
	return true;
}

static void table_leave(struct thread *t)
{
	__atomic_store_n(t->place, 0, __ATOMIC_RELEASE);
}

static char *shared_alloc(void)
{
	struct free_shared *f;
	char *buffer;
	long addr;

	cos_mutex_lock(&shared_lock);
	f = free_shared;
	if (f)
		free_shared = f->next;
	cos_mutex_unlock(&shared_lock);
	if (f) {
		buffer = f->buffer;
		cos_free(f);
		return buffer;
	}
	addr = mem_shm_create(THREAD_SHARED);
	return addr > 0 ? (char *)addr : NULL;
}

static void shared_free(char *buffer)
{
	struct free_shared *f = buffer ? cos_malloc(sizeof(*f)) : NULL;

	if (!f) {
		if (buffer)
			mem_shm_destroy((unsigned long)buffer);
		return;
	}
	cos_mutex_lock(&shared_lock);
	*f = (struct free_shared){free_shared, buffer};
	free_shared = f;
	cos_mutex_unlock(&shared_lock);
}

struct thread *thread_create(struct process *proc)
{
	struct thread *t = cos_calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->shared = shared_alloc();
	if (!t->shared) {
		cos_free(t);
		return NULL;
	}
	t->proc = proc;
	t->altstack.ss_flags = LX_SS_DISABLE;
	pending_init(&t->pending);
	memcpy(t->name, proc->name, sizeof(t->name));
	cos_mutex_lock(&proc_lock);
	t->tid = proc->nthreads == 0 ? proc->pid : proc_new_id();
	list_add_tail(&proc->threads, &t->link);
	proc->nthreads++;
	cos_mutex_unlock(&proc_lock);
	return t;
}

/* Under proc_lock. */
static void thread_free(struct thread *t)
{
	list_remove(&t->link);
	t->proc->nthreads--;
	t->proc->ended_cpu_ns += thread_cpu_ns(t);
	pending_clear(&t->pending);
	shared_free(t->shared);
	cos_free(t);
}

/* Under proc_lock. */
static bool launch(struct thread *t)
{
	/* P5 */
	return table_enter(sched_thd_create_in(t->proc->mm->as, 0, 0, SCHED_PRIO_PROGRAM,
					       THREAD_START_NUMBER, t->proc->sched_budget),
			   t);
}

long thread_start(struct thread *t)
{
	bool started;

	cos_mutex_lock(&proc_lock);
	started = !t->proc->exiting && !t->killed && launch(t);
	if (!started)
		thread_free(t);
	cos_mutex_unlock(&proc_lock);
	return started ? 0 : -LX_EAGAIN;
}

bool thread_claim(struct thread *t)
{
	uintptr_t word = t->place ? __atomic_load_n(t->place, __ATOMIC_ACQUIRE) : IN_POSIX, marked;

	__atomic_store_n(&t->killed, true, __ATOMIC_SEQ_CST);
	if (!t->place)
		return false; /* thread_start frees it */
	do
		marked = word & IN_POSIX ? word | TO_END : 0;
	while (!__atomic_compare_exchange_n(t->place, &word, marked, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_ACQUIRE));
	if (marked)
		thread_unpark(t);
	else
		thread_free(t);
	return marked == 0;
}

bool thread_interrupted(struct thread *t)
{
	return __atomic_load_n(&t->proc->exiting, __ATOMIC_ACQUIRE) ||
	       __atomic_load_n(&t->killed, __ATOMIC_ACQUIRE) || (signal_pending(t) & ~t->blocked);
}

void thread_unpark(struct thread *t)
{
	long cos_tid = __atomic_load_n(&t->cos_tid, __ATOMIC_ACQUIRE);

	if (cos_tid)
		sched_unpark(cos_tid);
}

_Noreturn void thread_end(void)
{
	sched_thd_exit();
	cos_panic("a thread that ended goes on");
}

_Noreturn void thread_exit(struct thread *t, int status)
{
	struct process *proc = t->proc;
	bool last;

	if (!proc->exiting) {
		for (const struct process_hooks *const *h = process_hooks; *h; h++)
			if ((*h)->thread_end)
				(*h)->thread_end(t);
	}
	cos_mutex_lock(&proc_lock);
	last = proc->nthreads == 1;
	if (last && !proc->exiting) {
		proc->exit_status = status << 8;
		__atomic_store_n(&proc->exiting, true, __ATOMIC_SEQ_CST);
	}
	if (last) {
		cos_mutex_unlock(&proc_lock);
		proc_end(proc, t);
		cos_mutex_lock(&proc_lock);
	}
	table_leave(t);
	thread_free(t);
	cos_mutex_unlock(&proc_lock);
	waitq_wake(&proc->thread_wait, 0);
	thread_end();
}

void thread_restart(struct thread *t)
{
	bool started;

	cos_mutex_lock(&proc_lock);
	t->proc->ended_cpu_ns += thread_cpu_ns(t);
	table_leave(t);
	t->started = false;
	started = !t->proc->exiting && launch(t);
	cos_mutex_unlock(&proc_lock);
	if (!started)
		thread_exit(t, 0);
	thread_end();
}

static struct thread *enter(long cos_tid)
{
	uintptr_t *place = place_of(cos_tid), word;

	word = place ? __atomic_load_n(place, __ATOMIC_ACQUIRE) : 0;
	if (!word || !__atomic_compare_exchange_n(place, &word, word | IN_POSIX, false,
						  __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return NULL;
	return (struct thread *)word;
}

struct thread *thread_enter(long cos_tid)
{
	struct thread *t = enter(cos_tid);

	if (__builtin_expect(!t, 0)) {
		cos_mutex_lock(&proc_lock); /* P5 */
		t = enter(cos_tid);
		cos_mutex_unlock(&proc_lock);
	}
	return t;
}

void thread_leave(struct thread *t)
{
	uintptr_t word = (uintptr_t)t | IN_POSIX;

	/* P4: from here on t may be gone. */
	if (__builtin_expect(!__atomic_compare_exchange_n(t->place, &word, (uintptr_t)t, false,
							  __ATOMIC_SEQ_CST, __ATOMIC_RELAXED),
			     0))
		thread_exit(t, 0);
}

void thread_load(struct thread *t)
{
	const uint64_t *r = t->start.r;
	struct gate_frame *f = t->frame;

	cpu_frame_set(COS_REG_IP, r[COS_REG_IP]);
	cpu_frame_set(COS_REG_SP, r[COS_REG_SP]);
	cpu_frame_set(COS_REG_FLAGS, 0x202);
	cpu_frame_set(COS_REG_RBX, r[COS_REG_RBX]);
	cpu_frame_set(COS_REG_RBP, r[COS_REG_RBP]);
	cpu_frame_set(COS_REG_RDI, r[COS_REG_RDI]);
	f->arg[1] = r[COS_REG_RSI];
	f->arg[2] = r[COS_REG_RDX];
	f->arg[3] = r[COS_REG_R10];
	f->arg[4] = r[COS_REG_R8];
	f->arg[5] = r[COS_REG_R9];
	f->r12 = r[COS_REG_R12];
	f->r13 = r[COS_REG_R13];
	f->r14 = r[COS_REG_R14];
	f->r15 = r[COS_REG_R15];
	cpu_fs_base_set(t->start_fs_base);
	cpu_fpu_reset();
}

long thread_begin(struct thread *t)
{
	thread_load(t);
	affinity_begin(t);
	policy_begin(t);
	return 0; /* clone's result in the child */
}
