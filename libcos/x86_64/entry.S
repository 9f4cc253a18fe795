/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of a domain that belong to none of its components: libcos/README.md. */
#include <cos/stub.S.h>

/* Invocation by boot: rdi = a component's init, long (*)(void). */
COS_FUNCTION __cos_init_entry
	COS_STACK_TOP
	mov	%rax, (COS_STACK_CLIENT - 1)(%rsp)
	sub	$COS_STACK_SELF_SIZE, %rsp
	xor	%ebp, %ebp
	call	*%rdi
	mov	%rax, %rdi
	xor	%esi, %esi
	mov	$COS_SRET, %eax
	syscall
	.size	__cos_init_entry, . - __cos_init_entry

/*
 * Where the kernel starts the first thread; only boot has one, and brings its own. A thread that
 * comes here all the same is an error, which its handler sees.
 */
	.text
	.balign	16
	.weak	__cos_thread_entry
	.type	__cos_thread_entry, @function
__cos_thread_entry:
	ud2
	.size	__cos_thread_entry, . - __cos_thread_entry

	.section .note.GNU-stack, "", @progbits
