/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that user level may not execute (privilege.c). Each is at the start of 32 bytes. The
 * exception handler goes on TRY_SKIP bytes behind it.
 */
#include "cos/abi.h"
#include "select.h"
#include "test.h"

	.text
	.globl	try_entry, tries, jump_entry

	/* rdi = number of the instruction. Returns rdi = 1: it was executed. */
try_entry:
	movl	%ebx, %esp
	andl	$(STACKS - 1), %esp
	incl	%esp
	shll	$12, %esp
	addq	$STACKS_VA, %rsp
	shll	$5, %edi
	addq	$tries, %rdi
	leaq	-256(%rsp), %rsi		/* where there is room */
	/* What IRETQ and LRETQ would take: kernel code. */
	movq	$try_done, (%rsi)
	movq	$SEL_KCODE, 8(%rsi)
	movq	$USER_FLAGS, 16(%rsi)
	movq	%rsp, 24(%rsi)
	movq	$SEL_KDATA, 32(%rsi)
	movq	%rsi, %rsp
	xorl	%eax, %eax
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	jmp	*%rdi
try_done:
	movl	$COS_SRET, %eax
	syscall
	ud2

	/* Executes at rdi. */
jump_entry:
	jmp	*%rdi

	.macro	TRY instruction:vararg
	.balign	32
1:	\instruction
	movl	$1, %edi
	jmp	try_done
	.org	1b + TRY_SKIP
	xorl	%edi, %edi
	jmp	try_done
	.endm

	.balign	32
tries:
	/* The first TRY_UMIP: where the CPU has UMIP. */
	TRY	sgdt 64(%rsi)
	TRY	sidt 64(%rsi)
	TRY	sldt %eax
	TRY	str %eax
	TRY	smsw %eax
	TRY	rdpmc
	TRY	rdmsr
	TRY	wrmsr
	TRY	hlt
	TRY	cli
	TRY	sti
	TRY	inb $0x70, %al
	TRY	outb %al, $0x70
	TRY	lgdt 64(%rsi)
	TRY	lidt 64(%rsi)
	TRY	lldt %ax
	TRY	ltr %ax
	TRY	lmsw %ax
	TRY	clts
	TRY	movq %cr0, %rax
	TRY	movq %rax, %cr0
	TRY	movq %cr3, %rax
	TRY	movq %rax, %cr3
	TRY	movq %cr4, %rax
	TRY	movq %rax, %cr4
	TRY	movq %rax, %cr8
	TRY	movq %dr7, %rax
	TRY	movq %rax, %dr7
	TRY	invlpg (%rsi)
	TRY	invd
	TRY	wbinvd
	TRY	swapgs
	TRY	sysretq
	TRY	xsetbv
	TRY	int $2
	TRY	int $14
	TRY	int $17
	TRY	int $0x80
	TRY	int $0xf0
	/*
	 * From TRY_OTHER on, by another exception on some CPUs: QEMU's emulator reads the stack as
	 * the kernel, and AMD's have these instructions not at all.
	 */
	TRY	iretq
	TRY	lretq
	TRY	sysenter
	TRY	sysexit

	.section .note.GNU-stack, "", @progbits
