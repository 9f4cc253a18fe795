/* SPDX-License-Identifier: BSD-2-Clause */
/* The first user-level instruction of the system: rbx = thread id, rdi = struct cos_bootinfo. */
#include <cos/stub.S.h>

COS_FUNCTION __cos_thread_entry
	COS_STACK_TOP			/* the kernel has mapped it */
	sub	$COS_STACK_SELF_SIZE, %rsp
	xor	%ebp, %ebp
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

	.section .note.GNU-stack, "", @progbits
