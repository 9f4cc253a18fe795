/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy, memmove, memset, memcmp: general registers only. Long runs use rep movsq and stosq, which
 * processors run by cache lines (SDM optimisation manual, 3.7.5) and emulators at least by words;
 * short ones, for which these take long to begin, a word at a time.
 */
#include <cos/stub.S.h>

/* void *memmove(void *dst, const void *src, size_t len) */
COS_FUNCTION memmove
	mov	%rdi, %rax
	sub	%rsi, %rax
	cmp	%rdx, %rax
	jae	memcpy			/* dst is not inside [src, src + len): upward is right */
	mov	%rdi, %rax
	lea	-8(%rsi, %rdx), %rsi	/* downward, a word at a time, then the rest */
	lea	-8(%rdi, %rdx), %rdi
	mov	%rdx, %rcx
	shr	$3, %rcx
	jz	2f
1:	mov	(%rsi), %r8
	mov	%r8, (%rdi)
	sub	$8, %rsi
	sub	$8, %rdi
	dec	%rcx
	jnz	1b
2:	and	$7, %edx
	jz	4f
3:	mov	7(%rsi), %cl
	mov	%cl, 7(%rdi)
	dec	%rsi
	dec	%rdi
	dec	%edx
	jnz	3b
4:	ret
	.size	memmove, . - memmove

/* void *memcpy(void *restrict dst, const void *restrict src, size_t len) */
COS_FUNCTION memcpy
	mov	%rdi, %rax
	mov	%rdx, %rcx
	shr	$3, %rcx
	jz	2f
	cmp	$16, %rcx
	jae	5f
1:	mov	(%rsi), %r8
	mov	%r8, (%rdi)
	add	$8, %rsi
	add	$8, %rdi
	dec	%rcx
	jnz	1b
2:	and	$7, %edx
	jz	4f
3:	mov	(%rsi), %cl
	mov	%cl, (%rdi)
	inc	%rsi
	inc	%rdi
	dec	%edx
	jnz	3b
4:	ret
5:	rep movsq
	jmp	2b
	.size	memcpy, . - memcpy

/* void *memset(void *dst, int byte, size_t len) */
COS_FUNCTION memset
	mov	%rdi, %r8
	movzbl	%sil, %eax
	movabs	$0x0101010101010101, %r9
	imul	%r9, %rax
	mov	%rdx, %rcx
	shr	$3, %rcx
	jz	2f
	cmp	$16, %rcx
	jae	5f
1:	mov	%rax, (%rdi)
	add	$8, %rdi
	dec	%rcx
	jnz	1b
2:	and	$7, %edx
	jz	4f
3:	mov	%al, (%rdi)
	inc	%rdi
	dec	%edx
	jnz	3b
4:	mov	%r8, %rax
	ret
5:	rep stosq
	jmp	2b
	.size	memset, . - memset

/* int memcmp(const void *a, const void *b, size_t len) */
COS_FUNCTION memcmp
	mov	%rdx, %rcx
	shr	$3, %rcx
	jz	2f
1:	mov	(%rdi), %rax
	mov	(%rsi), %r8
	cmp	%r8, %rax
	jne	5f
	add	$8, %rdi
	add	$8, %rsi
	dec	%rcx
	jnz	1b
2:	and	$7, %edx
	jz	4f
3:	movzbl	(%rdi), %eax
	movzbl	(%rsi), %ecx
	sub	%ecx, %eax
	jne	6f
	inc	%rdi
	inc	%rsi
	dec	%edx
	jnz	3b
4:	xor	%eax, %eax
	ret
5:	bswap	%rax			/* the first byte that differs decides: most significant now */
	bswap	%r8
	cmp	%r8, %rax
	sbb	%eax, %eax
	or	$1, %eax
6:	ret
	.size	memcmp, . - memcmp

	.section .note.GNU-stack, "", @progbits
