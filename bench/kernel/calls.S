/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that bench.c measures: long bench_X(n, call) does one n times -> TSC ticks in all. */
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

	/* A stub like that of libcos: saves what an invocation may change, fetches the result. */
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

	/*
	 * Two operations on a page table, call and call + 1: map the page at bench_page, unmap it.
	 */
	BENCH	pages
	movq	%r14, %rax
	movq	bench_page, %rdi
	movq	bench_page + 8, %rsi
	movq	bench_page + 16, %rdx
	syscall
	leaq	1(%r14), %rax
	movq	bench_page, %rdi
	syscall
	DONE

	/*
	 * From the instruction before the call to the first of the thread that it runs,
	 * stamp_entry.
	 */
	BENCH	to_stamp
	xorl	%r12d, %r12d
2:	rdtsc
	shlq	$32, %rdx
	leaq	(%rdx, %rax), %rbx
	movq	%r14, %rax
	xorl	%edi, %edi
	syscall
	addq	bench_stamp, %r12
	subq	%rbx, %r12
	decq	%r15
	jnz	2b
	movq	%r12, %rax
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	/* Until bench_stamp changes: from the last reading of the TSC before the change. */
	.globl	bench_interrupted
bench_interrupted:
	movq	bench_stamp, %rcx
	rdtsc
1:	movl	%eax, %esi
	rdtsc
	cmpq	%rcx, bench_stamp
	je	1b
	/*
	 * The interrupt came after the reading in esi, or in eax: take the last before the stamp.
	 */
	movl	bench_stamp, %ecx
	movl	%ecx, %edx
	subl	%eax, %edx
	jns	2f
	movl	%esi, %eax
2:	subl	%eax, %ecx
	movslq	%ecx, %rax
	ret

	/* A thread that notes the TSC whenever its wait ends. */
	.globl	stamp_entry
stamp_entry:
	movq	%rdi, %r14
1:	movq	%r14, %rax
	xorl	%edi, %edi
	syscall
	rdtsc
	shlq	$32, %rdx
	orq	%rdx, %rax
	movq	%rax, bench_stamp
	jmp	1b

	/* A thread that switches to the one in rdi, for ever. */
	.globl	yield_entry, wait_entry
yield_entry:
	movq	%rdi, %r14
1:	movq	%r14, %rax
	xorl	%edi, %edi
	xorl	%esi, %esi
	syscall
	jmp	1b

	/* A thread that waits for events for ever; rdi = the operation on its end-point. */
wait_entry:
	movq	%rdi, %r14
1:	movq	%r14, %rax
	xorl	%edi, %edi
	syscall
	jmp	1b

	/* A thread that makes (rdi >> 32) calls of (uint32_t)rdi and ends. It has no stack. */
	.globl	scaling_entry
scaling_entry:
	movl	%edi, %r14d
	movq	%rdi, %r15
	shrq	$32, %r15
1:	movq	%r14, %rax
	xorl	%edi, %edi
	xorl	%esi, %esi
	syscall
	testq	%rax, %rax
	jnz	2f
	decq	%r15
	jnz	1b
	movl	$COS_SRET, %eax
	syscall
2:	ud2

	.bss
	.globl	bench_stamp, bench_page
	.balign	8
bench_stamp:
	.skip	8
bench_page:
	.skip	24

	.section .note.GNU-stack, "", @progbits
