/* SPDX-License-Identifier: BSD-2-Clause */
/* What user level executes while interrupts come (interrupts.c). */
#include "cos/abi.h"
#include "test.h"

#define SPINS 20000
#define SP_AS_FLAGS 0x3202		/* IOPL 3, interrupts on */
#define EDU_RAISE 0x60
#define EDU_LOWER 0x64

	.text
	.globl	message_entry
	/*
	 * rdi = the device's registers, to make it send a message; 0: some other device sends.
	 * rsi = gs. Returns rdi = the flags afterwards. The stack pointer is what flags should be.
	 */
message_entry:
	wrgsbase %rsi
	movl	$SP_AS_FLAGS, %esp
	movl	$SPINS, %ecx
	testq	%rdi, %rdi
	jz	1f
	movl	$200, %ecx
	movl	$1, EDU_RAISE(%rdi)
1:	pause
	decl	%ecx
	jnz	1b
	testq	%rdi, %rdi
	jz	2f
	movl	$1, EDU_LOWER(%rdi)
2:	xorl	%eax, %eax
	wrgsbase %rax
	movl	%ebx, %esp
	andl	$(STACKS - 1), %esp
	incl	%esp
	shll	$12, %esp
	addq	$STACKS_VA, %rsp
	pushfq
	popq	%rdi
	movl	$COS_SRET, %eax
	syscall
	ud2

	.section .note.GNU-stack, "", @progbits
