/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first user-level instruction of the system: rbx = thread id, rdi = struct cos_bootinfo. There is no
 * memory yet but the domain's own, so the thread's stack (cos/layout.h) is made on a small one in it.
 */
#include <cos/stub.S.h>

#define EARLY_STACK_SIZE 8192

COS_FUNCTION __cos_thread_entry
	lea	early_stack + EARLY_STACK_SIZE(%rip), %rsp
	xor	%ebp, %ebp
	mov	%rdi, %r12
	mov	%rbx, %rsi
	call	boot_prepare
	COS_STACK_TOP
	sub	$COS_STACK_SELF_SIZE, %rsp
	mov	%r12, %rdi
	mov	%rbx, %rsi
	call	boot_main
	ud2
	.size	__cos_thread_entry, . - __cos_thread_entry

/* struct cos_pair boot_invoke(cap, arg): v0 = 0 or why it failed, v1 = the result. */
COS_FUNCTION boot_invoke
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rdi, %rax
	shl	$16, %rax
	mov	%rsi, %rdi
	syscall
	mov	%rdi, %rdx
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.size	boot_invoke, . - boot_invoke

	.bss
	.balign	16
early_stack:
	.skip	EARLY_STACK_SIZE

	.section .note.GNU-stack, "", @progbits
