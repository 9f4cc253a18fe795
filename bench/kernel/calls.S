/* SPDX-License-Identifier: BSD-2-Clause */
/* What is measured, n times: long bench_X(n, call) -> TSC ticks in all. */
#include "cos/abi.h"

	.text
	.macro	BENCH name
	.globl	bench_\name
bench_\name:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rdi, %r15
	movq	%rsi, %r14
	rdtsc
	shlq	$32, %rdx
	leaq	(%rdx, %rax), %r13
1:
	.endm
	.macro	DONE
	decq	%r15
	jnz	1b
	rdtsc
	shlq	$32, %rdx
	addq	%rdx, %rax
	subq	%r13, %rax
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret
	.endm

	/* The loop alone, with as many instructions as the others have around their call. */
	BENCH	nothing
	DONE

	BENCH	nops
	.rept	100
	nop
	.endr
	DONE

	BENCH	call
	movq	%r14, %rax
	xorl	%edi, %edi
	xorl	%esi, %esi
	syscall
	DONE

	/* A stub as libcos has it: what an invocation may change is saved, the result is fetched. */
	BENCH	stub
	movq	%r14, %rdi
	call	stub
	DONE
stub:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rdi, %rax
	syscall
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	testq	%rax, %rax
	jnz	2f
	movq	%rdi, %rax
2:	ret

	/* A thread that switches to the one in rdi, for ever. */
	.globl	yield_entry, wait_entry
yield_entry:
	movq	%rdi, %r14
1:	movq	%r14, %rax
	xorl	%edi, %edi
	xorl	%esi, %esi
	syscall
	jmp	1b

	/* A thread that waits for events on the end-point whose operation is in rdi, for ever. */
wait_entry:
	movq	%rdi, %r14
1:	movq	%r14, %rax
	xorl	%edi, %edi
	syscall
	jmp	1b

	.section .note.GNU-stack, "", @progbits
