/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stubs of an interface call between two domains, one line each in a file that r2c generates.
 *
 * Client: a C function by the System V ABI (psABI 3.2.3). The kernel passes every register but rax,
 * rcx, r11 and rbx through, so a server that fails leaves garbage in any of them: the stub saves
 * all that C expects to be kept. rax = 0 means that the server returned; then rdi and rsi are its
 * results.
 *
 * Server: entered without a stack. Thread rbx has its stack at COS_STACK_VA + (rbx <<
 * COS_STACK_SHIFT), and rax (the token) is the client's component id. rbp is cleared: a backtrace
 * ends there.
 *
 * Stack slots, from (rsp | (COS_STACK_SIZE - 1)), the last byte of the stack:
 *	-255 + 8 * i	word of component i of the domain
 *	-23		handler is active (COS_HANDLER_STUB)
 *	-7		component id of the client
 */
#ifndef COS_STUB_S_H
#define COS_STUB_S_H

#include <cos/abi.h>
#include <cos/layout.h>

#define COS_STACK_SELF_FIRST (1 - COS_STACK_SELF_SIZE)
#define COS_STACK_SELF_MAX 28 /* components of a domain: what fits into COS_STACK_SELF_SIZE */
#define COS_STACK_HANDLER (-23)
#define COS_STACK_CLIENT (-7)

#ifdef __ASSEMBLER__

/* For gdb: callers are found through the stubs, and nothing calls an entry. */
.cfi_sections .debug_frame

.macro COS_PUSH register
	push	%\register
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \register, 0
.endm
.macro COS_POP register
	pop	%\register
	.cfi_adjust_cfa_offset -8
	.cfi_restore \register
.endm

.macro COS_FUNCTION name
	.text
	.balign	16
	.globl	\name
	.type	\name, @function
\name:
.endm

.macro COS_COMPONENT prefix, id, index
	.globl	\prefix\()__cos_id, \prefix\()__cos_self
	.set	\prefix\()__cos_id, \id
	.set	\prefix\()__cos_self, COS_STACK_SELF_FIRST + 8 * (\index)
.endm

.macro COS_PARAMS prefix
	.section .rodata.params, "a", @progbits
	.globl	\prefix\()__cos_params
	.type	\prefix\()__cos_params, @object
\prefix\()__cos_params:
.endm

.macro COS_PARAMS_END
	.byte	0
	.text
.endm

.macro COS_CLIENT_STUB prefix, name, cap
COS_FUNCTION \prefix\()\name
	.cfi_startproc
	.irp	register, rbp, rbx, r12, r13, r14, r15
	COS_PUSH \register
	.endr
	mov	%rcx, %r10
	mov	$COS_OP(\cap, COS_SINV), %eax
	syscall
	test	%rax, %rax
	cmovz	%rdi, %rax
	mov	%rsi, %rdx
	.irp	register, r15, r14, r13, r12, rbx, rbp
	COS_POP	\register
	.endr
	ret
	.cfi_endproc
	.size	\prefix\()\name, . - \prefix\()\name
.endm

/* Within a domain: a call, during which cos_client() is the caller's id. */
.macro COS_LOCAL_STUB prefix, name, id
COS_FUNCTION \prefix\()\name
	.cfi_startproc
	mov	%rsp, %rax
	or	$(COS_STACK_SIZE - 1), %rax
	push	COS_STACK_CLIENT(%rax)
	.cfi_adjust_cfa_offset 8
	movq	$\id, COS_STACK_CLIENT(%rax)
	call	\name
	mov	%rsp, %rcx
	or	$(COS_STACK_SIZE - 1), %rcx
	pop	COS_STACK_CLIENT(%rcx)
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size	\prefix\()\name, . - \prefix\()\name
.endm

/* rbx = thread id -> rsp = one past the last byte of its stack. */
.macro COS_STACK_TOP
	lea	((COS_STACK_VA >> COS_STACK_SHIFT) + 1)(%rbx), %rsp
	shl	$COS_STACK_SHIFT, %rsp
.endm

.macro COS_SERVER_STUB name
COS_FUNCTION __cos_entry_\name
	.cfi_startproc
	.cfi_undefined rip
	COS_STACK_TOP
	mov	%rax, (COS_STACK_CLIENT - 1)(%rsp)
	sub	$COS_STACK_SELF_SIZE, %rsp
	xor	%ebp, %ebp
	mov	%r10, %rcx
	call	\name
	mov	%rax, %rdi
	mov	%rdx, %rsi
	mov	$COS_SRET, %eax
	syscall
	.cfi_endproc
	.size	__cos_entry_\name, . - __cos_entry_\name
.endm

/*
 * A handler calls other components to report what happened. If one of those fails, the same thread
 * would enter the handler again, onto the stack that it is using: the second exception is declined.
 */
.macro COS_HANDLER_STUB name
COS_FUNCTION __cos_entry_\name
	.cfi_startproc
	.cfi_undefined rip
	COS_STACK_TOP
	cmpq	$0, (COS_STACK_HANDLER - 1)(%rsp)
	jne	1f
	movq	$1, (COS_STACK_HANDLER - 1)(%rsp)
	mov	%rax, (COS_STACK_CLIENT - 1)(%rsp)
	sub	$COS_STACK_SELF_SIZE, %rsp
	xor	%ebp, %ebp
	mov	%r10, %rcx
	call	\name
	movq	$0, (COS_STACK_SELF_SIZE + COS_STACK_HANDLER - 1)(%rsp)
	mov	%rax, %rdi
	mov	%rdx, %rsi
	mov	$COS_SRET, %eax
	syscall
1:	mov	$1, %edi
	mov	$COS_SRET, %eax
	syscall
	.cfi_endproc
	.size	__cos_entry_\name, . - __cos_entry_\name
.endm

#endif
#endif
