/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's system call arrives here (cos/abi.h, Gate): rax = number, rbx = thread id, rbp =
 * token, the arguments in rdi rsi rdx r10 r8 r9 and no usable stack. A gate frame is always the
 * innermost of its thread in this component, so the stack of the thread id is empty.
 */
#include <cos/abi.h>
#include <cos/layout.h>

	.section .text.gate, "ax"
	.globl __cos_entry_posix_gate
	.type __cos_entry_posix_gate, @function
__cos_entry_posix_gate:
	/* The stack of thread rbx, below its slots (cos/stub.S.h). */
	lea	((COS_STACK_VA >> COS_STACK_SHIFT) + 1)(%rbx), %rsp
	shl	$COS_STACK_SHIFT, %rsp
	movq	%rbp, -8(%rsp)	/* cos_client() */
	subq	$COS_STACK_SELF_SIZE, %rsp
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r9
	pushq	%r8
	pushq	%r10
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%rax		/* struct gate_frame */
	movq	%rsp, %rdi
	movq	%rbx, %rsi
	movq	%rbp, %rdx
	movq	%rsp, %rbx
	xorl	%ebp, %ebp
	cld
	andq	$-16, %rsp
	call	posix_syscall	/* (frame, thread id, component id) */
	movq	%rbx, %rsp
	movq	%rax, %rdi	/* becomes the program's rax */
	addq	$16, %rsp	/* number, rdi: the kernel has that one */
	popq	%rsi
	popq	%rdx
	popq	%r10
	popq	%r8
	popq	%r9
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	movl	$COS_SRET, %eax
	syscall
	ud2
	.size __cos_entry_posix_gate, . - __cos_entry_posix_gate

	.section .note.GNU-stack, "", @progbits
