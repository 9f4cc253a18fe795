/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions of programs (cos/abi.h, Exception): they become signals, as on Linux. */
#include "base/os.h"
#include "abi/abi.h"
#include "mm/space.h"
#include "process/process.h"
#include "process/thread.h"
#include "signal/signal.h"
#include "posix/posix.h"

/* SDM 3A, table 6-1 */
enum {
	VECTOR_DE = 0,
	VECTOR_DB = 1,
	VECTOR_BP = 3,
	VECTOR_UD = 6,
	VECTOR_SS = 12,
	VECTOR_MF = 16,
	VECTOR_AC = 17,
	VECTOR_XM = 19
};

static void fault_signal(struct thread *t, long kind, uint64_t addr, uint64_t ip,
			 struct lx_siginfo *info)
{
	memset(info, 0, sizeof(*info));
	info->fault.addr = ip;
	switch (kind) {
	case VECTOR_DE:
		info->si_signo = LX_SIGFPE;
		info->si_code = LX_FPE_INTDIV;
		break;
	case VECTOR_DB:
		info->si_signo = LX_SIGTRAP;
		info->si_code = LX_TRAP_TRACE;
		break;
	case VECTOR_BP:
		info->si_signo = LX_SIGTRAP;
		info->si_code = LX_SI_KERNEL;
		info->fault.addr = 0;
		break;
	case VECTOR_UD:
		info->si_signo = LX_SIGILL;
		info->si_code = LX_ILL_ILLOPN;
		break;
	case VECTOR_MF:
	case VECTOR_XM:
		info->si_signo = LX_SIGFPE;
		info->si_code = LX_FPE_FLTINV;
		break;
	case VECTOR_AC:
		info->si_signo = LX_SIGBUS;
		info->si_code = LX_BUS_ADRALN;
		break;
	case VECTOR_SS:
		info->si_signo = LX_SIGBUS;
		info->si_code = LX_SI_KERNEL;
		info->fault.addr = 0;
		break;
	case COS_FAULT_PAGE: {
		struct cos_pair region = mem_as_query(t->proc->mm->as, PAGE_DOWN(addr));

		info->si_signo = LX_SIGSEGV;
		info->si_code = region.v0 >= 0 && PAGE_DOWN((uint64_t)region.v0) <= addr
					? LX_SEGV_ACCERR
					: LX_SEGV_MAPERR;
		info->fault.addr = addr;
		break;
	}
	default: /* general protection and the rest */
		info->si_signo = LX_SIGSEGV;
		info->si_code = LX_SI_KERNEL;
		info->fault.addr = 0;
	}
}

long posix_exception(long kind, unsigned long addr, long error, unsigned long ip, unsigned long sp,
		     long comp)
{
	struct thread *t = cos_entered_by_fault() ? thread_enter(cos_tid()) : NULL;
	struct lx_siginfo info;

	(void)sp;
	(void)comp;
	if (!t)
		return 1; /* detached meanwhile (thread.c, P3): the kernel ends it */
	t->fault_kind = (uint64_t)kind;
	t->fault_error = (uint64_t)error;
	t->fault_addr = kind == COS_FAULT_PAGE ? addr : 0;
	if (kind == COS_FAULT_CAP) {
		cos_log("posix: program %s (pid %d) used a capability that it does not have, at "
			"%#lx\n",
			t->proc->name, t->proc->pid, ip);
		info = (struct lx_siginfo){.si_signo = LX_SIGSYS, .si_code = LX_SI_KERNEL};
		t->proc->actions[LX_SIGSYS - 1].handler = LX_SIG_DFL;
		signal_force(t, &info);
	} else {
		fault_signal(t, kind, addr, ip, &info);
		signal_force(t, &info);
	}
	signal_deliver_fault(t);
	thread_leave(t);
	return 0;
}
