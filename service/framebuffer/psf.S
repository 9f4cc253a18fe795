/* SPDX-License-Identifier: BSD-2-Clause */
/* The font. FONT: the file's name. */
	.section .rodata.framebuffer_font, "a"
	.globl	framebuffer_font, framebuffer_font_end
framebuffer_font:
	.incbin	FONT
framebuffer_font_end:
	.section .note.GNU-stack, "", @progbits
