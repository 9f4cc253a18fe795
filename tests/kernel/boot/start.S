/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of the test's threads and servers, and sys, the only way into the kernel. */
#include "cos/abi.h"
#include "test.h"

	.text
	.globl	_start, sys, thd_entry, server_entry, echo_entry, gate_entry, program_entry
	.globl	pager_entry, decline_entry, reader_entry, empty_entry, fpu_entry, spin_entry
	.globl	recurse_entry, program_capless_entry, handler_entry

	.weak	server, fault, program_exit	/* a benchmark has none */

	/* rsp = the stack of the thread in rbx, in the shared region */
	.macro	STACK other=0
	leaq	\other(%rbx), %rsp
	andl	$(STACKS - 1), %esp
	incl	%esp
	shll	$12, %esp
	addq	$STACKS_VA, %rsp
	.endm

_start:
	movq	$boot_stack_top, %rsp
	xorl	%ebp, %ebp
	call	main
	ud2

	/* long sys(struct sys *): all results are stored; the call may be an invocation. */
sys:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rdi
	movq	%rdi, %r11
	movq	SYS_CALL(%r11), %rax
	movq	SYS_ARG + 0(%r11), %rdi
	movq	SYS_ARG + 8(%r11), %rsi
	movq	SYS_ARG + 16(%r11), %rdx
	movq	SYS_ARG + 24(%r11), %r10
	movq	SYS_ARG + 32(%r11), %r8
	movq	SYS_ARG + 40(%r11), %r9
	syscall
	popq	%r11
	movq	%rdi, SYS_ARG + 0(%r11)
	movq	%rsi, SYS_ARG + 8(%r11)
	movq	%rdx, SYS_ARG + 16(%r11)
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	/* A thread of the test's own: rdi = function to call with its id. Returning ends it. */
thd_entry:
	STACK
	movq	%rdi, %rax
	movq	%rbx, %rdi
	xorl	%ebp, %ebp
	call	*%rax
	movl	$COS_SRET, %eax
	syscall
	ud2

	/* Calls long server(six arguments, token); rdi = its result. */
server_entry:
	STACK
	pushq	%rax
	pushq	%rax
	movq	%r10, %rcx
	xorl	%ebp, %ebp
	call	server
	movq	%rax, %rdi
	movl	$COS_SRET, %eax
	syscall
	ud2

	/* Returns rdi = token, rsi = thread id, rdx = a sum of the arguments. */
echo_entry:
	addq	%rdi, %rdx
	addq	%rsi, %rdx
	addq	%r10, %rdx
	addq	%r8, %rdx
	addq	%r9, %rdx
	movq	%rax, %rdi
	movq	%rbx, %rsi
	movl	$COS_SRET, %eax
	syscall
	ud2

empty_entry:
	movl	$COS_SRET, %eax
	syscall
	ud2

	/*
	 * Invokes itself by capability 30 until that fails; returns rdi = how often it succeeded.
	 */
recurse_entry:
	movl	$COS_OP(30, 0), %eax
	syscall
	testq	%rax, %rax
	jz	1f
	movq	$0, %rdi
	cmpq	$-COS_EDEPTH, %rax
	je	1f
	movq	$-1000, %rdi
1:	incq	%rdi
	movl	$COS_SRET, %eax
	syscall
	ud2

	/*
	 * The gate: rax = number, rbp = token. Result: number + token + argument; 60 ends the
	 * program.
	 */
gate_entry:
	cmpq	$60, %rax
	je	1f
	leaq	(%rax, %rbp), %rax
	addq	%rax, %rdi
	movl	$COS_SRET, %eax
	syscall
	ud2
1:	movq	$SHARED_VA, %rax
	movq	%rdi, SHARED_EXIT(%rax)
	movl	$COS_OP(COS_CAP_SELF, COS_SELF_ID), %eax
	syscall
	movq	$SHARED_VA, %rax
	movq	%rsi, SHARED_KIND(%rax)
	STACK
	call	program_exit

	/*
	 * A program: every register must come through its system calls as it was, but rax, rcx,
	 * r11. Its exit status is 1 plus the first check that failed, 0 for none.
	 */
program_entry:
	movq	$PROGRAM_SP, %rsp
	movl	$0x1b, %ebx
	movl	$0x1c, %ebp
	movl	$0x1d, %r12d
	movl	$0x1e, %r13d
	movl	$0x1f, %r14d
	movl	$0x20, %r15d
	movl	$0x21, %r8d
	movl	$0x22, %r9d
	movl	$0x23, %r10d
	movl	$0x24, %esi
	movl	$0x25, %edx
	movl	$1000, %edi
	movl	$39, %eax
	stc
	syscall
	movl	$1, %ecx
	jnc	9f
	.macro	EXPECT value, register
	incl	%ecx
	cmpq	\value, \register
	jne	9f
	.endm
	EXPECT	$(1000 + 39 + 0x77), %rax
	EXPECT	$1000, %rdi
	EXPECT	$0x1b, %rbx
	EXPECT	$0x1c, %rbp
	EXPECT	$0x1d, %r12
	EXPECT	$0x1e, %r13
	EXPECT	$0x1f, %r14
	EXPECT	$0x20, %r15
	EXPECT	$0x21, %r8
	EXPECT	$0x22, %r9
	EXPECT	$0x23, %r10
	EXPECT	$0x24, %rsi
	EXPECT	$0x25, %rdx
	EXPECT	$PROGRAM_SP, %rsp
	xorl	%ecx, %ecx
9:	movl	%ecx, %edi
	movl	$60, %eax
	syscall
	ud2

	/* A program that tries a capability that it was not given. */
program_capless_entry:
	movl	$COS_OP(COS_BOOT_HW, COS_HW_HALT), %eax
	movl	$7, %edi
	syscall
	ud2

	/* Pager and handler: C decides, see fault(). */
pager_entry:
handler_entry:
	STACK	8				/* the server's may be in use below */
	pushq	%rax
	pushq	%rax
	movq	%r10, %rcx
	call	fault
	movq	%rax, %rdi
	movl	$COS_SRET, %eax
	syscall
	ud2

	/* A pager or handler that resolves nothing. */
decline_entry:
	movl	$1, %edi
	movl	$COS_SRET, %eax
	syscall
	ud2

	/*
	 * Reads the word at rdi while it is rsi, at most rdx times; returns rdi = what it is then.
	 */
reader_entry:
	movq	(%rdi), %rax
	cmpq	%rsi, %rax
	jne	1f
	decq	%rdx
	jnz	reader_entry
1:	movq	%rax, %rdi
	movl	$COS_SRET, %eax
	syscall
	ud2

	/*
	 * FPU: fill all registers with a pattern of the thread, then yield to the scheduler and
	 * look, for ever. rdi = pattern; SHARED_FPU_ROUNDS counts, SHARED_FPU_BAD is set.
	 */
fpu_entry:
	movq	%rdi, %r15
	movq	$SHARED_VA, %r14
	/* First the state must be fresh: zeros, MXCSR as after reset. */
	movq	%xmm7, %rax
	testq	%rax, %rax
	jnz	8f
	STACK
	stmxcsr	-8(%rsp)
	cmpl	$0x1f80, -8(%rsp)
	jne	8f
1:	movq	%r15, %xmm0
	movq	%r15, %xmm7
	movq	%r15, %xmm15
	pushq	%r15
	fildq	(%rsp)
	addq	$8, %rsp
	movq	SHARED_FPU_YIELD(%r14), %rax
	xorl	%edi, %edi
	xorl	%esi, %esi
	syscall
	movq	%xmm0, %rax
	cmpq	%r15, %rax
	jne	8f
	movq	%xmm7, %rax
	cmpq	%r15, %rax
	jne	8f
	movq	%xmm15, %rax
	cmpq	%r15, %rax
	jne	8f
	pushq	$0
	fistpq	(%rsp)
	popq	%rax
	cmpq	%r15, %rax
	jne	8f
	lock incq SHARED_FPU_ROUNDS(%r14)
	jmp	1b
8:	movq	$1, SHARED_FPU_BAD(%r14)
	jmp	1b

	/* Spins, counting at rdi, with a pattern in every register; reports when it is gone. */
spin_entry:
	movl	$0x5b, %ebx
	movl	$0x5c, %ecx
	movl	$0x5d, %r11d
	movl	$0x5e, %r8d
	movl	$0x5f, %ebp
1:	incq	(%rdi)
	cmpq	$0x5b, %rbx
	jne	2f
	cmpq	$0x5c, %rcx
	jne	2f
	cmpq	$0x5d, %r11
	jne	2f
	cmpq	$0x5e, %r8
	jne	2f
	cmpq	$0x5f, %rbp
	je	1b
2:	ud2

	.bss
	.balign	16
	.skip	32768
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
