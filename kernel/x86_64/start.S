/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the boot loader enters: 32-bit protected mode without paging, by PVH (ebx = hvm_start_info;
 * Xen, docs/misc/pvh) or Multiboot2 (eax = magic, ebx = information; Multiboot2 3.3). Both go to
 * long mode with the first 4 GiB mapped three times: at their own addresses, in the direct map, and
 * at the kernel's address (2 GiB). start_kernel builds the real tables. A further core comes by
 * smp_trampoline and goes the same way.
 */
#include "x86.h"
#include "select.h"

#define KERNEL_BASE 0xffffffff80000000
#define PHYS(symbol) ((symbol) - KERNEL_BASE)
#define MULTIBOOT2_HEADER 0xe85250d6
#define PTE_TABLE 0x003		/* present, writable */
#define PTE_LARGE 0x083		/* and a large page */

	.section .boot.multiboot, "a"
	.balign 8
1:	.long	MULTIBOOT2_HEADER, 0, 2f - 1b, -(MULTIBOOT2_HEADER + (2f - 1b))
	/* entry address; the ELF's own is PVH's */
	.short	3, 0
	.long	12, PHYS(start_multiboot2)
	.balign 8
	/* a framebuffer if possible: any size, 32 bits a pixel (3.1.10) */
	.short	5, 1
	.long	20, 0, 0, 32
	.balign 8
	.short	0, 0
	.long	8
2:

	.section .note.pvh, "a", @note
	.balign 4
	.long	4, 4, 18		/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	PHYS(start_pvh)

	.section .boot.text, "ax"
	.code32
	.globl	start_pvh
start_pvh:
	xorl	%eax, %eax
start_multiboot2:
	cld
	cli
	movl	%eax, %ebp
	movl	%ebx, %esi		/* CPUID takes ebx */
	movl	$PHYS(boot_stack_top), %esp

	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx		/* LM */
	jnc	no_long_mode
	btl	$20, %edx		/* NX */
	jnc	no_long_mode

	/* Level 2: 4 GiB in pages of 2 MiB. */
	movl	$PHYS(boot_l2), %edi
	movl	$PTE_LARGE, %eax
	movl	$2048, %ecx
1:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	1b
	/* Level 3: the first four entries; the kernel's table has the first two at 510. */
	movl	$PHYS(boot_l3), %edi
	movl	$PHYS(boot_l2) + PTE_TABLE, %eax
	movl	$4, %ecx
1:	movl	%eax, (%edi)
	addl	$0x1000, %eax
	addl	$8, %edi
	loop	1b
	movl	$PHYS(boot_l2) + PTE_TABLE, PHYS(boot_l3_kernel) + 510 * 8
	movl	$PHYS(boot_l2) + 0x1000 + PTE_TABLE, PHYS(boot_l3_kernel) + 511 * 8
	movl	$PHYS(boot_l3) + PTE_TABLE, PHYS(boot_l4)
	movl	$PHYS(boot_l3) + PTE_TABLE, PHYS(boot_l4) + 256 * 8
	movl	$PHYS(boot_l3_kernel) + PTE_TABLE, PHYS(boot_l4) + 511 * 8

to_long_mode:
	movl	$PHYS(boot_l4), %eax
	movl	%eax, %cr3
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	movl	$(EFER_LME | EFER_NXE | EFER_SCE), %eax
	xorl	%edx, %edx
	wrmsr
	movl	$(CR0_PE | CR0_MP | CR0_NE | CR0_WP | CR0_PG), %eax
	movl	%eax, %cr0
	lgdt	PHYS(boot_gdtr)
	ljmp	$SEL_KCODE, $PHYS(1f)
	.code64
1:	movabsq	$2f, %rax
	jmp	*%rax
2:	movl	$SEL_KDATA, %eax
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movq	boot_next, %rsp
	movl	%ebp, %edi		/* esi: the information */
	xorl	%ebp, %ebp
	call	*boot_next + 8
	ud2

/* A further core: in real mode, in a page of the first MiB to which this was copied (smp.c). */
	.code16
	.globl	smp_trampoline, smp_trampoline_end
smp_trampoline:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	3f - smp_trampoline
	movl	%cr0, %eax
	orl	$CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_BOOT32, $PHYS(4f)
3:	.short	boot_gdt_end - boot_gdt - 1
	.long	PHYS(boot_gdt)
smp_trampoline_end:
	.code32
4:	movl	$SEL_KDATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	jmp	to_long_mode

	.code32
no_long_mode:
	movl	$PHYS(no_long_mode_text), %esi
	movw	$0x3f8, %dx
1:	lodsb
	testb	%al, %al
	jz	2f
	outb	%al, %dx
	jmp	1b
2:	hlt
	jmp	2b

	.section .rodata
no_long_mode_text:
	.asciz	"kernel: the CPU lacks 64-bit mode or no-execute pages\r\n"
	.balign 8
boot_gdt:
	.quad	0
	.quad	0x00af9b000000ffff	/* SEL_KCODE: 64-bit code */
	.quad	0x00cf93000000ffff	/* SEL_KDATA */
	.quad	0x00cf9b000000ffff	/* SEL_BOOT32: 32-bit code */
boot_gdt_end:
boot_gdtr:
	.short	boot_gdt_end - boot_gdt - 1
	.long	PHYS(boot_gdt)
	.long	0

	.data
	.balign 8
	.globl	boot_next
boot_next:
	.quad	boot_stack_top, start_kernel

	.bss
	.balign 4096
boot_l4:
	.skip	4096
boot_l3:
	.skip	4096
boot_l3_kernel:
	.skip	4096
boot_l2:
	.skip	4 * 4096
	.skip	16384
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
