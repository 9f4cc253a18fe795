/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TRACE of x86_64/entry.S, for the tracing kernel. It stands on the invocation path where the
 * thread has arrived in a component: rsp points to its topmost invocation, rcx is where it goes on.
 * The kernel's stack is free there. TRACE keeps all registers.
 */
#include "offsets.h"

#define TRACE TRACE_PATH

	.macro	TRACE_PATH
	movq	%gs:CPU_KSTACK, %rsp
	.irp	register, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
	pushq	%\register
	.endr
	movq	%rcx, %rdi
	call	trace_path
	.irp	register, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
	popq	%\register
	.endr
	movq	%gs:CPU_TOP, %rsp
	.endm
