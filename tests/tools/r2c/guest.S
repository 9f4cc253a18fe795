/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest guest that r2c can run: no kernel, just a line of log, the frames of a program that
 * prints and exits with 42, and the end. Booted by PVH (a note of type 18 names the 32-bit entry).
 */
#define COM1 0x3f8
#define COM2 0x2f8
#define LINE_STATUS 5
#define LINE_EMPTY 0x20
#define DEBUG_EXIT 0xf4

	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 4, 18
	.asciz	"Xen"
	.long	start

	.text
	.code32
	.globl	start
start:
	mov	$log, %esi
	mov	$(log_end - log), %ecx
	mov	$COM1, %ebx
	call	send
	mov	$frames, %esi
	mov	$(frames_end - frames), %ecx
	mov	$COM2, %ebx
	call	send
	mov	$DEBUG_EXIT, %dx
	xor	%eax, %eax
	outl	%eax, %dx
1:	hlt
	jmp	1b

/* ecx bytes at esi to the serial line at port ebx */
send:
	lea	LINE_STATUS(%ebx), %edx
1:	inb	%dx, %al
	test	$LINE_EMPTY, %al
	jz	1b
	mov	%ebx, %edx
	lodsb
	outb	%al, %dx
	loop	send
	ret

	.section .rodata
log:	.ascii	"the guest logs\r\n"
log_end:
frames:
	.byte	0xc5, 1, 4, 0, 1, 0, 0, 0
	.byte	0xc5, 2, 6, 0
	.ascii	"hello\n"
	.byte	0xc5, 4, 4, 0, 42, 0, 0, 0
frames_end:
	.section .note.GNU-stack, "", @progbits
