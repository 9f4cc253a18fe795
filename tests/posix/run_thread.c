/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of the program: threads of this process. A thread's system calls are caught by syscall
 * user dispatch (Linux's admin-guide/syscall-user-dispatch.rst) as SIGSYS and go to posix as its
 * gate would bring them; its exceptions are signals, and go to posix as its handler would. The
 * signal's context is where the processor state of a program in posix is (posix/arch/cpu.h).
 */
#define sched_yield host_sched_yield
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#undef sched_yield

#include <cos/client.h>
#include <cos/layout.h>
#include <posix/posix.h>
#include <sched/program.h>
#include <sched/sched.h>
#include "arch/cpu.h"
#include "calls.h"
#include "tests/posix/run.h"
#include "tests/rumpuser/cos/fake.h"

#define ALTSTACK (256ul << 10) /* also its alignment: TLS_MASK in run_entry.S */

/* At the foot of each program thread's signal stack, where run_entry.S finds it. */
struct tls {
	uint64_t selector; /* of the dispatch: a byte */
	uint64_t host_fs, program_fs;
	ucontext_t *uc;	  /* of the signal that is handled */
	ucontext_t first; /* what a thread begins with */
	bool fault;
	uint64_t kind;
	sigjmp_buf out;
	long tid;
	long gate;
};

static _Thread_local struct tls *self;

extern char run_allowed_start[], run_allowed_end[];
void run_signal_entry(int sig, siginfo_t *info, void *uc);
_Noreturn void run_enter(const struct cpu_regs *regs, struct tls *tls);

/* The program's registers in a signal's context. */
static const int greg[] = {
	[COS_REG_IP] = REG_RIP,	 [COS_REG_SP] = REG_RSP,  [COS_REG_FLAGS] = REG_EFL,
	[COS_REG_RBX] = REG_RBX, [COS_REG_RBP] = REG_RBP, [COS_REG_RDI] = REG_RDI,
	[COS_REG_RAX] = REG_RAX, [COS_REG_RSI] = REG_RSI, [COS_REG_RDX] = REG_RDX,
	[COS_REG_RCX] = REG_RCX, [COS_REG_R8] = REG_R8,	  [COS_REG_R9] = REG_R9,
	[COS_REG_R10] = REG_R10, [COS_REG_R11] = REG_R11, [COS_REG_R12] = REG_R12,
	[COS_REG_R13] = REG_R13, [COS_REG_R14] = REG_R14, [COS_REG_R15] = REG_R15};

bool cos_entered_by_fault(void)
{
	return self->fault;
}

void cpu_frame_get(struct cpu_regs *regs)
{
	unsigned n = self->fault ? COS_NREGS : COS_REG_RDI + 1;

	for (unsigned i = 0; i < n; i++)
		regs->r[i] = (uint64_t)self->uc->uc_mcontext.gregs[greg[i]];
}

void cpu_frame_set(unsigned reg, uint64_t value)
{
	self->uc->uc_mcontext.gregs[greg[reg]] = (greg_t)value;
}

uint64_t cpu_fs_base_get(void)
{
	return self->program_fs;
}

void cpu_fs_base_set(uint64_t base)
{
	self->program_fs = base;
}

uint64_t cpu_gs_base_get(void)
{
	return 0;
}

void cpu_gs_base_set(uint64_t base)
{
	(void)base;
}

uint64_t cpu_fpu_features(void)
{
	return 0;
}

unsigned long cpu_fpu_size(void)
{
	return CPU_FXSAVE_SIZE;
}

void cpu_fpu_save(void *area, uint64_t features)
{
	(void)features;
	memcpy(area, self->uc->uc_mcontext.fpregs, CPU_FXSAVE_SIZE - 48);
}

void cpu_fpu_load(const void *area, uint64_t features)
{
	(void)features;
	if (self->uc->uc_mcontext.fpregs)
		memcpy(self->uc->uc_mcontext.fpregs, area, CPU_FXSAVE_SIZE - 48);
}

void cpu_fpu_reset(void)
{
	struct _libc_fpstate *fp = self->uc->uc_mcontext.fpregs;

	if (fp) {
		memset(fp, 0, CPU_FXSAVE_SIZE - 48);
		fp->cwd = 0x37f;
		fp->mxcsr = 0x1f80;
	}
}

uint64_t cpu_random(void)
{
	uint64_t r = 0;

	syscall(SYS_getrandom, &r, sizeof(r), 0);
	return r;
}

uint64_t cpu_hwcap(void)
{
	return 0xbfebfbff;
}

/* From run_entry.S, with the host's FS: a system call or an exception of the program. */
void run_signal(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *g = uc->uc_mcontext.gregs;
	const char *name = sig == SIGSYS ? call_name((uint64_t)info->si_syscall) : NULL;
	struct gate_frame f;
	long r;

	self->uc = uc;
	if (!name)
		name = "?";
	if (sig != SIGSYS) {
		if ((uint64_t)g[REG_RIP] >= COS_SLOT(1ul)) { /* in posix itself */
			fprintf(stderr, "posix-run: signal %d at %#llx in the host\n", sig,
				g[REG_RIP]);
			signal(sig, SIG_DFL);
			return;
		}
		self->fault = true;
		posix_exception(sig == SIGSEGV && g[REG_TRAPNO] == 14 ? COS_FAULT_PAGE
								      : g[REG_TRAPNO],
				(unsigned long)info->si_addr, g[REG_ERR], (unsigned long)g[REG_RIP],
				(unsigned long)g[REG_RSP], PROGRAM);
		self->fault = false;
		return;
	}
	f = (struct gate_frame){(uint64_t)info->si_syscall,
				{(uint64_t)g[REG_RDI], (uint64_t)g[REG_RSI], (uint64_t)g[REG_RDX],
				 (uint64_t)g[REG_R10], (uint64_t)g[REG_R8], (uint64_t)g[REG_R9]},
				(uint64_t)g[REG_R12],
				(uint64_t)g[REG_R13],
				(uint64_t)g[REG_R14],
				(uint64_t)g[REG_R15]};
	r = posix_syscall(&f, self->tid, PROGRAM);
	if (getenv("RUN_TRACE"))
		fprintf(stderr, "[%ld] %s(%lx, %lx, %lx) = %ld\n", self->tid, name, f.arg[0],
			f.arg[1], f.arg[2], r);
	g[REG_RAX] = r;
	g[REG_RSI] = (greg_t)f.arg[1];
	g[REG_RDX] = (greg_t)f.arg[2];
	g[REG_R10] = (greg_t)f.arg[3];
	g[REG_R8] = (greg_t)f.arg[4];
	g[REG_R9] = (greg_t)f.arg[5];
	g[REG_R12] = (greg_t)f.r12;
	g[REG_R13] = (greg_t)f.r13;
	g[REG_R14] = (greg_t)f.r14;
	g[REG_R15] = (greg_t)f.r15;
}

static void thread_body(void *arg)
{
	void *stack = mmap(NULL, 2 * ALTSTACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	struct tls *tls = (void *)(((uintptr_t)stack + ALTSTACK - 1) & ~(ALTSTACK - 1));
	stack_t ss = {.ss_sp = tls + 1, .ss_size = ALTSTACK - sizeof(*tls)};
	struct gate_frame f = {.number = (uint64_t)(long)arg};
	struct cpu_regs regs = {0};

	self = tls;
	tls->tid = cos_tid();
	tls->uc = &tls->first;
	syscall(SYS_arch_prctl, 0x1003, &tls->host_fs);
	sigaltstack(&ss, NULL);
	if (sigsetjmp(tls->out, 1) == 0) {
		regs.r[COS_REG_RAX] = (uint64_t)posix_syscall(&f, tls->tid, PROGRAM);
		for (unsigned i = 0; i <= COS_REG_RDI; i++)
			regs.r[i] = (uint64_t)tls->first.uc_mcontext.gregs[greg[i]];
		regs.r[COS_REG_RSI] = f.arg[1];
		regs.r[COS_REG_RDX] = f.arg[2];
		regs.r[COS_REG_R10] = f.arg[3];
		regs.r[COS_REG_R8] = f.arg[4];
		regs.r[COS_REG_R9] = f.arg[5];
		regs.r[COS_REG_R12] = f.r12;
		regs.r[COS_REG_R13] = f.r13;
		regs.r[COS_REG_R14] = f.r14;
		regs.r[COS_REG_R15] = f.r15;
		if (prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, run_allowed_start,
			  run_allowed_end - run_allowed_start, (char *)&tls->selector) < 0) {
			perror("syscall user dispatch");
			_exit(125);
		}
		run_enter(&regs, tls);
	}
	prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
	ss.ss_flags = SS_DISABLE;
	sigaltstack(&ss, NULL);
}

long sched_thd_create_in(long comp, unsigned long ip, unsigned long arg, long prio, long gate,
			 long group)
{
	static long next = 100;
	long tid = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);

	(void)comp;
	(void)ip;
	(void)arg;
	(void)prio;
	(void)group;
	fake_visit_start(tid, 3, thread_body, (void *)gate);
	return tid;
}

long sched_thd_deadline(long tid, unsigned long budget, unsigned long deadline,
			unsigned long period)
{
	(void)tid, (void)budget, (void)deadline, (void)period;
	return 0;
}

long sched_thd_exit(void)
{
	siglongjmp(self->out, 1);
}

long sched_thd_time(long tid)
{
	struct timespec ts;

	(void)tid;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000l + ts.tv_nsec;
}

void run_signals_init(void)
{
	static const int signals[] = {SIGSYS, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
	struct sigaction sa = {.sa_sigaction = run_signal_entry,
			       .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};

	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
}
