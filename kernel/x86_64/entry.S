/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry from user level by SYSCALL, the invocation path, and the return to user level; exceptions
 * and interrupts.
 *
 * The CPU enters by SYSCALL with interrupts off (FMASK), with user level's rsp and gs, rcx = ip,
 * r11 = flags. While the path runs, rsp is no stack pointer: it points to the topmost invocation of
 * the running thread (kernel/thd.h). All other registers are the caller's. docs/invocation.md walks
 * through the path.
 *
 * WAYS
 *	path		entry_syscall, then sinv, sret or gate: straight to another component and
 *			out by SYSRET
 *	slow, operation	ENTER_C: registers to the thread, the kernel's stack, trap_syscall or
 *			trap_operation, then entry_resume
 *	trap_common	exceptions and interrupts: the same with trap_user, or trap_kernel when the
 *			kernel was interrupted
 *	trap_paranoid	#DB, NMI, #DF, #MC
 *
 * INVARIANTS
 *	N1	Nothing is pushed while rsp is not a stack pointer: interrupts are off, an exception
 *		would be a bug, and #DB, NMI, #DF, #MC have stacks of their own (IST).
 *	N2	gs is the kernel's from SWAPGS at the entry to SWAPGS at the exit. trap_paranoid
 *		cannot know which one it finds: it keeps it, and puts it back.
 *	N3	SYSRET and IRETQ get only a canonical ip, and flags that user level may have
 *		(kernel/thd.h, I4). The path takes them from SYSCALL, C's way out masks them.
 *	N4	The epoch of the target is read once: it may be stopped at any time, and an
 *		invocation must not hold an odd one (kernel/comp.h, L1).
 *	N5	inside[] of the target rises before the thread can execute in it, and falls when it
 *		has left (kernel/comp.h, L3).
 *	N6	No register brings a kernel address to user level, nor, on the path, anything that
 *		the other side did not put there.
 */
#include "cos/abi.h"
#include "offsets.h"
#include "select.h"

#ifndef TRACE /* trace/entry.S.h */
#define TRACE
#endif

#define REG(n) (THD_REG + 8 * (n))

	/*
	 * Move the registers that SYSCALL keeps to the thread, or from it, in the order of
	 * COS_REG_*.
	 */
	.macro	MOVE_REGS thd, load=0
	.set	n, COS_REG_RBX
	.irp	r, rbx, rbp, rdi, , rsi, rdx, , r8, r9, r10, , r12, r13, r14, r15
	.ifnb	\r
	.if	\load
	movq	REG(n)(\thd), %\r
	.else
	movq	%\r, REG(n)(\thd)
	.endif
	.endif
	.set	n, n + 1
	.endr
	.endm

	/* Load the page table of the component at comp, unless it is loaded. */
	.macro	SWITCH_SPACE comp, scratch
	movq	COMP_CR3(\comp), \scratch
	cmpq	%gs:CPU_CR3, \scratch
	je	.Lsame\@
	movq	\scratch, %gs:CPU_CR3
	movq	\scratch, %cr3
.Lsame\@:
	.endm

	/* From the path to C: ip and flags are in the topmost invocation already. Keeps rcx. */
	.macro	ENTER_C
	andq	$-4096, %rsp			/* the thread */
	MOVE_REGS %rsp
	movq	%rax, REG(COS_REG_RAX)(%rsp)
	movq	%gs:CPU_TOP, %rbx
	movq	INV_IP(%rbx), %rdx
	movq	%rdx, REG(COS_REG_IP)(%rsp)
	movq	INV_FLAGS(%rbx), %rdx
	movq	%rdx, REG(COS_REG_FLAGS)(%rsp)
	movb	$1, THD_BY_SYSCALL(%rsp)
	movq	%gs:CPU_USER_SP, %rdx
	movq	%rdx, REG(COS_REG_SP)(%rsp)
	movq	%gs:CPU_KSTACK, %rsp
	xorl	%ebp, %ebp
	.endm

	.text
	.globl entry_syscall, entry_resume

	.balign 64
entry_syscall:
	swapgs
	movq	%rsp, %gs:CPU_USER_SP
	movq	%gs:CPU_TOP, %rsp
	cmpq	$COS_SRET, %rax
	je	sret
	jb	gate

sinv:
	movq	%rcx, INV_IP(%rsp)
	movq	%r11, INV_FLAGS(%rsp)
	/*
	 * One comparison: is the operation 0, and the index within the table? rax = the index then.
	 */
	rorq	$16, %rax
	cmpq	$COS_CAPTBL_MAX, %rax
	jae	slow_rotated
	shll	$6, %eax
	movl	%eax, %ecx
	shrl	$12, %ecx
	movq	INV_COMP(%rsp), %r11
	movq	COMP_CAPTBL(%r11), %r11
	movq	(%r11, %rcx, 8), %r11
	andl	$0xfff, %eax
	addq	%rax, %r11
	cmpb	$CAP_TYPE_SINV, CAP_TYPE(%r11)
	jne	operation
	movq	CAP_TARGET + TARGET_COMP(%r11), %rcx
	/* N4. The upper half is kind_sinv: one load and one store for both. */
	movq	COMP_EPOCH(%rcx), %rax
	testb	$1, %al
	jnz	fail_stopped
	testl	$0xfff, %esp
	jz	fail_depth
	/*
	 * From here on the invocation succeeds. rbx is free: the server gets the thread id in it.
	 */
	movq	%rax, INV_EPOCH - INV_SIZE(%rsp)
	movq	%gs:CPU_USER_SP, %rax
	movq	%rax, INV_SP(%rsp)
	movq	%rcx, INV_COMP - INV_SIZE(%rsp)
	movq	%gs:CPU_CORE, %rbx
	incq	COMP_INSIDE(%rcx, %rbx, 8)
	subq	$INV_SIZE, %rsp
	movq	%rsp, %gs:CPU_TOP
	SWITCH_SPACE %rcx, %rax
	movq	CAP_TARGET + TARGET_TOKEN(%r11), %rax
	movq	CAP_TARGET + TARGET_ENTRY(%r11), %rcx
	TRACE
	movq	%gs:CPU_TID, %rbx
	movl	$USER_FLAGS, %r11d
	xorl	%esp, %esp
	swapgs
	sysretq

	.balign 16
sret:
	cmpl	$COS_INV_SINV, INV_KIND(%rsp)
	jne	sret_other
	movq	INV_SIZE + INV_COMP(%rsp), %rcx
	movl	INV_SIZE + INV_EPOCH(%rsp), %eax
	cmpl	COMP_EPOCH(%rcx), %eax
	jne	sret_slow
	movq	INV_COMP(%rsp), %r11
	movq	%gs:CPU_CORE, %rax
	decq	COMP_INSIDE(%r11, %rax, 8)
	addq	$INV_SIZE, %rsp
	movq	%rsp, %gs:CPU_TOP
	SWITCH_SPACE %rcx, %rax
	movq	INV_IP(%rsp), %rcx
	TRACE
	movq	INV_FLAGS(%rsp), %r11
	movq	INV_SP(%rsp), %rsp
	xorl	%eax, %eax
	swapgs
	sysretq

	/* A program's system call: rax is its number. */
	.balign 16
gate:
	movq	%rcx, INV_IP(%rsp)
	movq	%r11, INV_FLAGS(%rsp)
	movq	INV_COMP(%rsp), %r11
	movq	COMP_GATE + TARGET_COMP(%r11), %rcx
	testq	%rcx, %rcx
	jz	slow
	testl	$0xfff, %esp
	jz	slow
	movq	%rbx, INV_RBX(%rsp)
	movl	COMP_EPOCH(%rcx), %ebx
	testb	$1, %bl
	jnz	gate_stopped
	movl	%ebx, INV_EPOCH - INV_SIZE(%rsp)
	movq	%rbp, INV_RBP(%rsp)
	movq	%rdi, INV_RDI(%rsp)
	movq	%gs:CPU_USER_SP, %rbx
	movq	%rbx, INV_SP(%rsp)
	movl	$COS_INV_GATE, INV_KIND - INV_SIZE(%rsp)
	movq	%rcx, INV_COMP - INV_SIZE(%rsp)
	movq	%gs:CPU_CORE, %rbx
	incq	COMP_INSIDE(%rcx, %rbx, 8)
	subq	$INV_SIZE, %rsp
	movq	%rsp, %gs:CPU_TOP
	SWITCH_SPACE %rcx, %rbp
	movq	COMP_GATE + TARGET_TOKEN(%r11), %rbp
	movq	COMP_GATE + TARGET_ENTRY(%r11), %rcx
	TRACE
	movq	%gs:CPU_TID, %rbx
	movl	$USER_FLAGS, %r11d
	xorl	%esp, %esp
	swapgs
	sysretq

gate_stopped:
	movq	INV_RBX(%rsp), %rbx
	jmp	slow

sret_other:
	cmpl	$COS_INV_GATE, INV_KIND(%rsp)
	jne	sret_save
	movq	INV_SIZE + INV_COMP(%rsp), %rcx
	movl	INV_SIZE + INV_EPOCH(%rsp), %eax
	cmpl	COMP_EPOCH(%rcx), %eax
	jne	sret_slow
	movq	INV_COMP(%rsp), %r11
	movq	%gs:CPU_CORE, %rax
	decq	COMP_INSIDE(%r11, %rax, 8)
	addq	$INV_SIZE, %rsp
	movq	%rsp, %gs:CPU_TOP
	SWITCH_SPACE %rcx, %rbx
	movq	%rdi, %rax
	movq	INV_RBX(%rsp), %rbx
	movq	INV_RBP(%rsp), %rbp
	movq	INV_RDI(%rsp), %rdi
	movq	INV_IP(%rsp), %rcx
	TRACE
	movq	INV_FLAGS(%rsp), %r11
	movq	INV_SP(%rsp), %rsp
	swapgs
	sysretq

	/* The invocation fails: only rax, rcx and r11 have changed. */
fail_stopped:
	movq	$-COS_EREBOOT, %rax
	jmp	fail
fail_depth:
	movq	$-COS_EDEPTH, %rax
fail:
	movq	INV_IP(%rsp), %rcx
	movq	INV_FLAGS(%rsp), %r11
	movq	%gs:CPU_USER_SP, %rsp
	swapgs
	sysretq

	/*
	 * Operation 0 of the capability at r11, which is no sinv: make rax what it was before the
	 * lookup.
	 */
operation:
	shll	$12, %ecx
	orl	%ecx, %eax
	shll	$10, %eax
	movq	%r11, %rcx
	ENTER_C
	movq	%rcx, %rdi
	call	trap_operation
	jmp	entry_resume

slow_rotated:
	rolq	$16, %rax
	jmp	slow
sret_slow:
	movl	$COS_SRET, %eax
sret_save:
	movq	%rcx, INV_IP(%rsp)
	movq	%r11, INV_FLAGS(%rsp)
	/* All else is in C. */
slow:
	ENTER_C
	call	trap_syscall

	/* Resume the running thread, which may be another one by now, with the registers in it. */
entry_resume:
	movq	%gs:CPU_THD, %rsp
	MOVE_REGS %rsp, load=1
	movq	REG(COS_REG_IP)(%rsp), %rcx
	movq	REG(COS_REG_FLAGS)(%rsp), %r11
	andl	$USER_FLAGS_MASK, %r11d		/* N3 */
	orl	$USER_FLAGS, %r11d
	/*
	 * SYSRET overwrites rcx and r11: only after SYSCALL, which has done so already. Else IRET.
	 */
	cmpb	$0, THD_BY_SYSCALL(%rsp)
	je	1f
	movq	REG(COS_REG_RAX)(%rsp), %rax
	movq	REG(COS_REG_SP)(%rsp), %rsp
	swapgs
	sysretq
1:	movq	%rsp, %rax
	movq	%gs:CPU_KSTACK, %rsp
	pushq	$SEL_UDATA
	pushq	REG(COS_REG_SP)(%rax)
	pushq	%r11
	pushq	$SEL_UCODE
	pushq	%rcx
	movq	REG(COS_REG_RCX)(%rax), %rcx
	movq	REG(COS_REG_R11)(%rax), %r11
	movq	REG(COS_REG_RAX)(%rax), %rax
	swapgs
	iretq

/*
 * Exceptions and interrupts. A stub for each vector pushes an error code if the CPU has pushed
 * none, and the vector. From user level the registers go to the thread, as above. From the kernel
 * they are pushed: that is the interrupt that ends the idle halt, or a bug.
 */
#define VEC 0
#define ERR 8
#define IP 16
#define CS 24
#define FLAGS 32
#define SP 40

	.balign 16
trap_common:
	testb	$3, CS(%rsp)
	jz	trap_kernel_entry
trap_from_user:
	swapgs
	pushq	%rax
	movq	%gs:CPU_THD, %rax
	popq	REG(COS_REG_RAX)(%rax)
	MOVE_REGS %rax
	movb	$0, THD_BY_SYSCALL(%rax)
	movq	%rcx, REG(COS_REG_RCX)(%rax)
	movq	%r11, REG(COS_REG_R11)(%rax)
	movq	VEC(%rsp), %rdi
	movq	ERR(%rsp), %rsi
	movq	IP(%rsp), %rcx
	movq	%rcx, REG(COS_REG_IP)(%rax)
	movq	SP(%rsp), %rcx
	movq	%rcx, REG(COS_REG_SP)(%rax)
	movq	FLAGS(%rsp), %rcx
	movq	%rcx, REG(COS_REG_FLAGS)(%rax)
	movq	%gs:CPU_KSTACK, %rsp
	/* Clear user level's AC, which would switch SMAP off, and DF. */
	pushq	$2
	popfq
	xorl	%ebp, %ebp
	call	trap_user
	jmp	entry_resume

	.macro	PUSH_ALL
	.irp	r, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
	pushq	%\r
	.endr
	cld
	movq	%rsp, %rdi			/* struct trap_regs */
	movq	%rsp, %rbp
	andq	$-16, %rsp
	.endm
	.macro	POP_ALL
	movq	%rbp, %rsp
	.irp	r, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
	popq	%\r
	.endr
	addq	$16, %rsp
	.endm

trap_kernel_entry:
	PUSH_ALL
	call	trap_kernel
	POP_ALL
	iretq

/*
 * #DB, NMI, #DF, #MC: on stacks of their own, because they may come while rsp or gs are not the
 * kernel's yet (N1, N2). The kernel's gs is in the top word of the stack.
 */
	.balign 16
trap_paranoid:
	testb	$3, CS(%rsp)
	jnz	trap_from_user
	PUSH_ALL
	rdgsbase %rbx
	movq	%rsp, %rax
	orq	$0xfff, %rax
	movq	-7(%rax), %rax
	wrgsbase %rax
	call	trap_kernel
	wrgsbase %rbx
	POP_ALL
	iretq

/* For the IDT, 16 bytes each. #DF TS NP SS GP PF AC CP push an error code (SDM 3A, 6.13). */
	.balign 16
	.globl trap_stubs
trap_stubs:
	.set	vector, 0
	.rept	256
	.balign 16
	.if	vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21
	.else
	pushq	$0
	.endif
	pushq	$vector
	.if	vector == 1 || vector == 2 || vector == 8 || vector == 18
	jmp	trap_paranoid
	.else
	jmp	trap_common
	.endif
	.set	vector, vector + 1
	.endr

	.section .note.GNU-stack, "", @progbits
