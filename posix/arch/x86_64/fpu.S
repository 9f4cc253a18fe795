/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SDM 1, chapters 10.5 and 13: saving and loading the FPU state that is the program's, under the
 * server's code.
 */
	.text
	.globl cpu_fpu_save
cpu_fpu_save:			/* (area, features) */
	testq	%rsi, %rsi
	jz	1f
	movl	%esi, %eax
	movq	%rsi, %rdx
	shrq	$32, %rdx
	xsave64	(%rdi)
	ret
1:	fxsave64 (%rdi)
	ret

	.globl cpu_fpu_load
cpu_fpu_load:
	testq	%rsi, %rsi
	jz	1f
	movl	%esi, %eax
	movq	%rsi, %rdx
	shrq	$32, %rdx
	xrstor64 (%rdi)
	ret
1:	fxrstor64 (%rdi)
	ret

	.globl cpu_fpu_reset
cpu_fpu_reset:
	fninit
	pushq	$0x1f80		/* MXCSR after reset: all exceptions masked */
	ldmxcsr	(%rsp)
	addq	$8, %rsp
	pxor	%xmm0, %xmm0
	pxor	%xmm1, %xmm1
	pxor	%xmm2, %xmm2
	pxor	%xmm3, %xmm3
	pxor	%xmm4, %xmm4
	pxor	%xmm5, %xmm5
	pxor	%xmm6, %xmm6
	pxor	%xmm7, %xmm7
	pxor	%xmm8, %xmm8
	pxor	%xmm9, %xmm9
	pxor	%xmm10, %xmm10
	pxor	%xmm11, %xmm11
	pxor	%xmm12, %xmm12
	pxor	%xmm13, %xmm13
	pxor	%xmm14, %xmm14
	pxor	%xmm15, %xmm15
	ret

	.globl cpu_fs_base_get
cpu_fs_base_get:
	rdfsbase %rax
	ret
	.globl cpu_fs_base_set
cpu_fs_base_set:
	wrfsbase %rdi
	ret
	.globl cpu_gs_base_get
cpu_gs_base_get:
	rdgsbase %rax
	ret
	.globl cpu_gs_base_set
cpu_gs_base_set:
	wrgsbase %rdi
	ret

	.section .note.GNU-stack, "", @progbits
