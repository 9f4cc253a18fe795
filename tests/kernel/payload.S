/* SPDX-License-Identifier: BSD-2-Clause */
/* A payload (cos/image.h) as the kernel's linker script wants it. PAYLOAD: the file's name. */
	.section .image, "a", @progbits
	.balign	4096
	.incbin	PAYLOAD
	.section .note.GNU-stack, "", @progbits
