/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a signal handler finds on its stack, and the way back. The layout is Linux's: struct
 * rt_sigframe, with the FPU state above it at an address aligned to 64.
 *
 * F1. A system call's return leaves rcx and r11 undefined. A context that needs them (an exception
 *     interrupted it) is returned to through posix's page in the program, the trampoline: rcx, r11,
 *     flags and ip are put under the red zone of the context's stack, and code there pops them
 *     (exec/exec.c, trampoline_map).
 * F2. The program may have written what it likes into the frame. Nothing of it is trusted: flags
 *     and MXCSR are masked, the XSAVE header is rebuilt, ip and sp must be addresses of the
 *     program.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "calls.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"
#include "signal/sigframe.h"
#include "signal/signal.h"

#define RED_ZONE 128		 /* psABI, 3.2.2 */
#define FLAGS_CLEARED 0x10500ull /* RF, DF, TF: not set in a handler */
#define FX_SW_RESERVED 464	 /* of the FXSAVE area: free for software (SDM 1, 10.5.1) */
#define FX_MXCSR 24
#define MXCSR_MASK 0xffffu

struct fpx_software {
	uint32_t magic1;
	uint32_t extended_size;
	uint64_t xfeatures;
	uint32_t xstate_size;
	uint32_t pad[7];
};

void frame_load(struct thread *t, struct cpu_regs *regs, bool syscall)
{
	const struct gate_frame *f = t->frame;

	memset(regs, 0, sizeof(*regs));
	cpu_frame_get(regs);
	if (!syscall)
		return;
	regs->r[COS_REG_RDI] = f->arg[0];
	regs->r[COS_REG_RSI] = f->arg[1];
	regs->r[COS_REG_RDX] = f->arg[2];
	regs->r[COS_REG_R10] = f->arg[3];
	regs->r[COS_REG_R8] = f->arg[4];
	regs->r[COS_REG_R9] = f->arg[5];
	regs->r[COS_REG_R12] = f->r12;
	regs->r[COS_REG_R13] = f->r13;
	regs->r[COS_REG_R14] = f->r14;
	regs->r[COS_REG_R15] = f->r15;
	regs->r[COS_REG_RCX] = regs->r[COS_REG_IP]; /* as the instruction leaves them */
	regs->r[COS_REG_R11] = regs->r[COS_REG_FLAGS];
}

void frame_store(struct thread *t, const struct cpu_regs *regs, bool syscall)
{
	struct gate_frame *f = t->frame;
	unsigned n = syscall ? COS_REG_RDI + 1 : COS_NREGS;

	for (unsigned i = 0; i < n; i++)
		cpu_frame_set(i, regs->r[i]);
	if (!syscall)
		return;
	f->arg[0] = regs->r[COS_REG_RDI]; /* for frame_load, if another signal follows */
	f->arg[1] = regs->r[COS_REG_RSI];
	f->arg[2] = regs->r[COS_REG_RDX];
	f->arg[3] = regs->r[COS_REG_R10];
	f->arg[4] = regs->r[COS_REG_R8];
	f->arg[5] = regs->r[COS_REG_R9];
	f->r12 = regs->r[COS_REG_R12];
	f->r13 = regs->r[COS_REG_R13];
	f->r14 = regs->r[COS_REG_R14];
	f->r15 = regs->r[COS_REG_R15];
}

static bool on_altstack(const struct thread *t, uint64_t sp)
{
	return !(t->altstack.ss_flags & LX_SS_DISABLE) && sp > t->altstack.ss_sp &&
	       sp - t->altstack.ss_sp <= t->altstack.ss_size;
}

/* Save the FPU's state in the program's memory below *sp, which moves down to it. */
static long fpu_push(struct thread *t, uint64_t *sp)
{
	uint64_t features = cpu_fpu_features();
	unsigned long size = cpu_fpu_size(), total = size + (features ? 4 : 0);
	uint32_t magic2 = LX_FP_XSTATE_MAGIC2;
	char *area = cos_memalign(64, size);
	struct fpx_software *sw;
	long r;

	if (!area)
		return -LX_ENOMEM;
	memset(area, 0, size);
	cpu_fpu_save(area, features);
	sw = (struct fpx_software *)(area + FX_SW_RESERVED);
	memset(sw, 0, sizeof(*sw));
	if (features)
		*sw = (struct fpx_software){
			LX_FP_XSTATE_MAGIC1, (uint32_t)total, features, (uint32_t)size, {0}};
	*sp = (*sp - total) & ~63ull;
	r = user_put(t, *sp, area, size);
	if (r == 0 && features)
		r = user_put(t, *sp + size, &magic2, sizeof(magic2));
	cos_free(area);
	cpu_fpu_reset(); /* a handler begins with an initial state */
	return r;
}

/* Load what fpu_push saved. By F2, loading must not fault; addr 0: the initial state. */
static long fpu_pop(struct thread *t, uint64_t addr)
{
	uint64_t features = cpu_fpu_features(), have = 0;
	unsigned long size = cpu_fpu_size();
	struct fpx_software *sw;
	uint32_t mxcsr, magic2 = 0;
	uint64_t *header;
	char *area;
	long r;

	if (addr == 0) {
		cpu_fpu_reset();
		return 0;
	}
	area = cos_memalign(64, size);
	if (!area)
		return -LX_ENOMEM;
	memset(area, 0, size);
	r = user_get(t, area, addr, CPU_FXSAVE_SIZE);
	if (r == 0) {
		sw = (struct fpx_software *)(area + FX_SW_RESERVED);
		memcpy(&mxcsr, area + FX_MXCSR, sizeof(mxcsr));
		mxcsr &= MXCSR_MASK;
		memcpy(area + FX_MXCSR, &mxcsr, sizeof(mxcsr));
		if (features && sw->magic1 == LX_FP_XSTATE_MAGIC1 && sw->xstate_size == size &&
		    user_get(t, &magic2, addr + size, sizeof(magic2)) == 0 &&
		    magic2 == LX_FP_XSTATE_MAGIC2)
			r = user_get(t, area + CPU_FXSAVE_SIZE, addr + CPU_FXSAVE_SIZE,
				     size - CPU_FXSAVE_SIZE);
		else
			have = 3; /* x87 and SSE only */
	}
	if (r == 0) {
		if (features) { /* SDM 1, 13.4.2: the header; 13.8: what XRSTOR refuses */
			header = (uint64_t *)(area + CPU_FXSAVE_SIZE);
			header[0] = (have ? have : header[0]) & features;
			memset(header + 1, 0, 56);
		}
		cpu_fpu_load(area, features);
	}
	cos_free(area);
	return r;
}

static const uint8_t reg_order[] = {
	COS_REG_R8,  COS_REG_R9,  COS_REG_R10, COS_REG_R11, COS_REG_R12, COS_REG_R13,
	COS_REG_R14, COS_REG_R15, COS_REG_RDI, COS_REG_RSI, COS_REG_RBP, COS_REG_RBX,
	COS_REG_RDX, COS_REG_RAX, COS_REG_RCX, COS_REG_SP,  COS_REG_IP,	 COS_REG_FLAGS,
};

long sigframe_push(struct thread *t, struct cpu_regs *regs, int sig, const struct lx_sigaction *act,
		   const struct lx_siginfo *info, uint64_t mask)
{
	uint64_t sp = regs->r[COS_REG_SP] - RED_ZONE, *mc;
	struct lx_rt_sigframe frame;
	long r;

	if (!(act->flags & LX_SA_RESTORER)) /* x86-64 has no other way back */
		return -LX_EFAULT;
	memset(&frame, 0, sizeof(frame));
	frame.uc.uc_stack = t->altstack;
	if (!(t->altstack.ss_flags & LX_SS_DISABLE))
		frame.uc.uc_stack.ss_flags =
			on_altstack(t, regs->r[COS_REG_SP]) ? LX_SS_ONSTACK : 0;
	if (act->flags & LX_SA_ONSTACK && !(t->altstack.ss_flags & LX_SS_DISABLE) &&
	    !on_altstack(t, regs->r[COS_REG_SP]))
		sp = t->altstack.ss_sp + t->altstack.ss_size;
	r = fpu_push(t, &sp);
	if (r < 0)
		return r;
	frame.pretcode = act->restorer;
	frame.uc.uc_flags = (cpu_fpu_features() ? LX_UC_FP_XSTATE : 0) | LX_UC_SIGCONTEXT_SS |
			    LX_UC_STRICT_RESTORE_SS;
	mc = &frame.uc.uc_mcontext.r8;
	for (unsigned i = 0; i < ARRAY_LEN(reg_order); i++)
		mc[i] = regs->r[reg_order[i]];
	frame.uc.uc_mcontext.cs = 0x33;
	frame.uc.uc_mcontext.ss = 0x2b;
	frame.uc.uc_mcontext.err = t->fault_error;
	frame.uc.uc_mcontext.trapno = t->fault_kind;
	frame.uc.uc_mcontext.cr2 = t->fault_addr;
	frame.uc.uc_mcontext.oldmask = mask;
	frame.uc.uc_mcontext.fpstate = sp;
	frame.uc.uc_sigmask = mask;
	frame.info = *info;
	sp = ((sp - sizeof(frame)) & ~15ull) - 8;
	r = user_put(t, sp, &frame, sizeof(frame));
	if (r < 0)
		return r;
	regs->r[COS_REG_SP] = sp;
	regs->r[COS_REG_IP] = act->handler;
	regs->r[COS_REG_FLAGS] &= ~FLAGS_CLEARED;
	regs->r[COS_REG_RAX] = 0;
	regs->r[COS_REG_RDI] = (uint64_t)sig;
	regs->r[COS_REG_RSI] = sp + offsetof(struct lx_rt_sigframe, info);
	regs->r[COS_REG_RDX] = sp + offsetof(struct lx_rt_sigframe, uc);
	return 0;
}

/*
 * Take a frame from the program's stack: regs are those that it has. 0 or -LX_EFAULT, -LX_ENOMEM.
 */
static long sigframe_pop(struct thread *t, struct cpu_regs *regs)
{
	struct lx_rt_sigframe frame;
	const uint64_t *mc = &frame.uc.uc_mcontext.r8;
	uint64_t words[4], sp;

	/* The handler's return has popped pretcode. */
	if (user_get(t, &frame, regs->r[COS_REG_SP] - 8, sizeof(frame)) < 0 ||
	    fpu_pop(t, frame.uc.uc_mcontext.fpstate) < 0)
		return -LX_EFAULT;
	for (unsigned i = 0; i < ARRAY_LEN(reg_order); i++)
		regs->r[reg_order[i]] = mc[i];
	if (!user_range(regs->r[COS_REG_IP], 1) || !user_range(regs->r[COS_REG_SP], 0))
		return -LX_EFAULT;
	signal_set_blocked(t, frame.uc.uc_sigmask);
	if (!(frame.uc.uc_stack.ss_flags & LX_SS_DISABLE)) {
		t->altstack = frame.uc.uc_stack;
		t->altstack.ss_flags = 0;
	} else {
		t->altstack = (struct lx_stack){.ss_flags = LX_SS_DISABLE};
	}
	if (regs->r[COS_REG_RCX] == regs->r[COS_REG_IP] &&
	    regs->r[COS_REG_R11] == regs->r[COS_REG_FLAGS])
		return 0;
	words[0] = regs->r[COS_REG_RCX];
	words[1] = regs->r[COS_REG_R11];
	words[2] = regs->r[COS_REG_FLAGS] &
		   0xdd5; /* what a program may set: CF PF AF ZF SF TF DF OF */
	words[3] = regs->r[COS_REG_IP];
	sp = regs->r[COS_REG_SP] - RED_ZONE - sizeof(words);
	if (user_put(t, sp, words, sizeof(words)) < 0)
		return -LX_EFAULT;
	regs->r[COS_REG_SP] = sp;
	regs->r[COS_REG_IP] = t->proc->mm->trampoline;
	return 0;
}

long sys_rt_sigreturn(struct thread *t, const uint64_t *a)
{
	struct cpu_regs regs;

	(void)a;
	frame_load(t, &regs, true);
	if (sigframe_pop(t, &regs) < 0) {
		struct lx_siginfo info = {.si_signo = LX_SIGSEGV, .si_code = LX_SI_KERNEL};

		signal_force(t, &info);
		return -LX_EFAULT;
	}
	frame_store(t, &regs, true);
	t->frame->number = FRAME_DONE;
	return (long)regs.r[COS_REG_RAX];
}
