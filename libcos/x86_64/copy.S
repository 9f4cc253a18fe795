/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies to and from clients' memory, which may fault (cos/user.h). A page fault between
 * __cos_copy_start and __cos_copy_end that mem cannot resolve resumes at __cos_copy_fault, with all
 * other registers as they were. So nothing is on the stack there but the return address.
 */
#include <cos/stub.S.h>

	.text
	.globl	__cos_copy_start, __cos_copy_end, __cos_copy_fault
__cos_copy_start:

/* long cos_copy_user(void *dst, const void *src, size_t len) */
COS_FUNCTION cos_copy_user
	mov	%rdx, %rcx
	shr	$3, %rcx
	jz	1f
	cmp	$8, %rcx
	jae	2f
	/* Short: rep movsq takes longer to begin than these to end. */
0:	mov	(%rsi), %rax
	mov	%rax, (%rdi)
	add	$8, %rsi
	add	$8, %rdi
	dec	%rcx
	jnz	0b
	/* Aligned words are written in one: others look at them (a thread's id, when it ends). */
1:	test	$4, %dl
	jz	4f
	mov	(%rsi), %eax
	mov	%eax, (%rdi)
	add	$4, %rsi
	add	$4, %rdi
4:	mov	%edx, %ecx
	and	$3, %ecx
	jz	3f
0:	mov	(%rsi), %al
	mov	%al, (%rdi)
	inc	%rsi
	inc	%rdi
	dec	%ecx
	jnz	0b
3:	xor	%eax, %eax
	ret
2:	rep movsq
	jmp	1b
	.size	cos_copy_user, . - cos_copy_user

/* long cos_copy_user_str(char *dst, const char *src, size_t max) */
COS_FUNCTION cos_copy_user_str
	xor	%eax, %eax
0:	cmp	%rdx, %rax
	jae	1f
	mov	(%rsi, %rax), %cl
	mov	%cl, (%rdi, %rax)
	test	%cl, %cl
	jz	1f
	inc	%rax
	jmp	0b
1:	ret
	.size	cos_copy_user_str, . - cos_copy_user_str

/* long cos_cas_user(uint32_t *p, uint32_t old, uint32_t new) */
COS_FUNCTION cos_cas_user
	mov	%esi, %eax
	lock cmpxchg %edx, (%rdi)
	mov	$0, %eax
	sete	%al
	ret
	.size	cos_cas_user, . - cos_cas_user
__cos_copy_end:

__cos_copy_fault:
	mov	$-COS_EFAULT, %rax
	ret

	.section .note.GNU-stack, "", @progbits
