/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a thread made by cos_thread_create starts: rbx = thread id, rdi = its struct thread_start.
 */
#include <cos/stub.S.h>

COS_FUNCTION cos_thread_entry
	COS_STACK_TOP
	movq	$0, (COS_STACK_CLIENT - 1)(%rsp)
	sub	$COS_STACK_SELF_SIZE, %rsp
	xor	%ebp, %ebp
	call	cos_thread_main
	ud2
	.size	cos_thread_entry, . - cos_thread_entry

	.section .note.GNU-stack, "", @progbits
