/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where signals of a program arrive, and the way into it. On the signal stack the thread's struct
 * tls is found by rounding down; until the host's FS is loaded, no C runs.
 */
#define TLS_MASK (~((256 << 10) - 1))
#define TLS_SELECTOR 0
#define TLS_HOST_FS 8
#define TLS_PROGRAM_FS 16
#define SYS_rt_sigreturn 15
#define SYS_arch_prctl 158
#define ARCH_SET_FS 0x1002

	.text
	.balign 4096
	.globl run_allowed_start, run_allowed_end, run_signal_entry, run_enter
run_allowed_start:
run_signal_entry:		/* (sig, info, uc) */
	pushq	%rbx
	movq	%rsp, %rbx
	andq	$TLS_MASK, %rbx
	movb	$0, TLS_SELECTOR(%rbx)
	movq	%rdi, %r12
	movq	%rsi, %r13
	movq	%rdx, %r14
	movl	$SYS_arch_prctl, %eax
	movl	$ARCH_SET_FS, %edi
	movq	TLS_HOST_FS(%rbx), %rsi
	syscall
	movq	%r12, %rdi
	movq	%r13, %rsi
	movq	%r14, %rdx
	cld
	call	run_signal
	movl	$SYS_arch_prctl, %eax
	movl	$ARCH_SET_FS, %edi
	movq	TLS_PROGRAM_FS(%rbx), %rsi
	syscall
	movb	$1, TLS_SELECTOR(%rbx)
	popq	%rbx
	addq	$8, %rsp	/* the return address: what a return would take */
	movl	$SYS_rt_sigreturn, %eax
	syscall
	ud2

run_enter:			/* (regs by COS_REG_*, tls) */
	movq	%rdi, %r15
	movq	%rsi, %r14
	movl	$SYS_arch_prctl, %eax
	movl	$ARCH_SET_FS, %edi
	movq	TLS_PROGRAM_FS(%r14), %rsi
	syscall
	movb	$1, TLS_SELECTOR(%r14)
	movq	8(%r15), %rsp
	pushq	0(%r15)
	movq	24(%r15), %rbx
	movq	32(%r15), %rbp
	movq	40(%r15), %rdi
	movq	48(%r15), %rax
	movq	56(%r15), %rsi
	movq	64(%r15), %rdx
	movq	80(%r15), %r8
	movq	88(%r15), %r9
	movq	96(%r15), %r10
	movq	112(%r15), %r12
	movq	120(%r15), %r13
	movq	128(%r15), %r14
	movq	136(%r15), %r15
	ret
	.balign 4096
run_allowed_end:
	.section .note.GNU-stack, "", @progbits
