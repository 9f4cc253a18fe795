/* SPDX-License-Identifier: BSD-2-Clause */
/* The start of a scheduler thread: rbx = thread id. */
#include <cos/stub.S.h>

COS_FUNCTION sched_entry
	COS_STACK_TOP
	sub	$COS_STACK_SELF_SIZE, %rsp
	xor	%ebp, %ebp
	call	sched_main
	ud2
	.size	sched_entry, . - sched_entry

	.section .note.GNU-stack, "", @progbits
