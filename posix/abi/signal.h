/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's signals: numbers, actions, and what a handler finds on its stack. */
#ifndef POSIX_ABI_SIGNAL_H
#define POSIX_ABI_SIGNAL_H

#include <stddef.h>
#include <stdint.h>
#include "abi/fs.h"

#define LX_NSIG 64
#define LX_SIGHUP 1
#define LX_SIGINT 2
#define LX_SIGQUIT 3
#define LX_SIGILL 4
#define LX_SIGTRAP 5
#define LX_SIGABRT 6
#define LX_SIGBUS 7
#define LX_SIGFPE 8
#define LX_SIGKILL 9
#define LX_SIGUSR1 10
#define LX_SIGSEGV 11
#define LX_SIGUSR2 12
#define LX_SIGPIPE 13
#define LX_SIGALRM 14
#define LX_SIGTERM 15
#define LX_SIGSTKFLT 16
#define LX_SIGCHLD 17
#define LX_SIGCONT 18
#define LX_SIGSTOP 19
#define LX_SIGTSTP 20
#define LX_SIGTTIN 21
#define LX_SIGTTOU 22
#define LX_SIGURG 23
#define LX_SIGXCPU 24
#define LX_SIGXFSZ 25
#define LX_SIGVTALRM 26
#define LX_SIGPROF 27
#define LX_SIGWINCH 28
#define LX_SIGIO 29
#define LX_SIGPWR 30
#define LX_SIGSYS 31
#define LX_SIGBIT(sig) (1ull << ((sig)-1))

#define LX_SIG_DFL 0ul
#define LX_SIG_IGN 1ul
#define LX_SIG_BLOCK 0
#define LX_SIG_UNBLOCK 1
#define LX_SIG_SETMASK 2
#define LX_SA_NOCLDSTOP 0x00000001ul
#define LX_SA_NOCLDWAIT 0x00000002ul
#define LX_SA_SIGINFO 0x00000004ul
#define LX_SA_RESTORER 0x04000000ul
#define LX_SA_ONSTACK 0x08000000ul
#define LX_SA_RESTART 0x10000000ul
#define LX_SA_NODEFER 0x40000000ul
#define LX_SA_RESETHAND 0x80000000ul
struct lx_sigaction {
	uint64_t handler;
	uint64_t flags;
	uint64_t restorer;
	uint64_t mask;
};
#define LX_SS_ONSTACK 1
#define LX_SS_DISABLE 2
#define LX_SS_AUTODISARM (1u << 31)
#define LX_MINSIGSTKSZ 2048
struct lx_stack {
	uint64_t ss_sp;
	int32_t ss_flags;
	int32_t pad;
	uint64_t ss_size;
};
#define LX_SI_USER 0
#define LX_SI_KERNEL 0x80
#define LX_SI_QUEUE (-1)
#define LX_SI_TIMER (-2)
#define LX_SI_TKILL (-6)
#define LX_SEGV_MAPERR 1
#define LX_SEGV_ACCERR 2
#define LX_FPE_INTDIV 1
#define LX_FPE_FLTINV 7
#define LX_ILL_ILLOPN 2
#define LX_TRAP_BRKPT 1
#define LX_TRAP_TRACE 2
#define LX_BUS_ADRALN 1
#define LX_BUS_ADRERR 2
struct lx_siginfo {
	int32_t si_signo;
	int32_t si_errno;
	int32_t si_code;
	int32_t pad;
	union {
		struct {
			int32_t pid;
			uint32_t uid;
			uint64_t value;
		} kill;
		struct {
			int32_t timerid;
			int32_t overrun;
			uint64_t value;
		} timer;
		struct {
			int32_t pid;
			uint32_t uid;
			int32_t status;
			int32_t pad;
			int64_t utime;
			int64_t stime;
		} child;
		struct {
			uint64_t addr;
		} fault;
		uint8_t bytes[112];
	};
};
struct lx_sigcontext {
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
	uint16_t cs, gs, fs, ss;
	uint64_t err, trapno, oldmask, cr2;
	uint64_t fpstate;
	uint64_t reserved[8];
};
#define LX_UC_FP_XSTATE 1
#define LX_UC_SIGCONTEXT_SS 2
#define LX_UC_STRICT_RESTORE_SS 4
struct lx_ucontext {
	uint64_t uc_flags;
	uint64_t uc_link;
	struct lx_stack uc_stack;
	struct lx_sigcontext uc_mcontext;
	uint64_t uc_sigmask;
};
struct lx_rt_sigframe {
	uint64_t pretcode;
	struct lx_ucontext uc;
	struct lx_siginfo info;
};
#define LX_FP_XSTATE_MAGIC1 0x46505853u
#define LX_FP_XSTATE_MAGIC2 0x46505845u
#define LX_SFD_NONBLOCK LX_O_NONBLOCK
#define LX_SFD_CLOEXEC LX_O_CLOEXEC
struct lx_signalfd_siginfo {
	uint32_t ssi_signo;
	int32_t ssi_errno;
	int32_t ssi_code;
	uint32_t ssi_pid;
	uint32_t ssi_uid;
	uint8_t rest[108];
};

_Static_assert(sizeof(struct lx_siginfo) == 128, "Linux's siginfo_t");
_Static_assert(sizeof(struct lx_sigcontext) == 256, "Linux's struct sigcontext");
_Static_assert(sizeof(struct lx_ucontext) == 304, "Linux's struct ucontext, 8 bytes of mask");
_Static_assert(sizeof(struct lx_signalfd_siginfo) == 128, "Linux's struct signalfd_siginfo");

#endif
