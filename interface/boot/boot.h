/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot: builds the system from the image and is then idle. No component imports it; this is what it leaves
 * behind in the domains that it builds.
 *
 * Everywhere: cos_bootinfo at COS_BOOTINFO_VA and the directory of the domain's blobs after it (cos/blob.h).
 *
 * By role, that is, by the name of the component:
 *	mem	struct boot_handover at BOOT_HANDOVER_VA; capabilities as it says
 *		COS_CAP_HW with LOG, HALT, DEVMEM, QUIESCE; COS_CAP_CAPTBL; its page table at BOOT_CAP_MEM_PGTBL
 *	sched	COS_CAP_HW with SCHED, IDLE, LOG, HALT
 *	dev	COS_CAP_HW with IRQ_BIND, IRQ_FREE, IOPORT, LOG, LOG_BIND; COS_CAP_CAPTBL; the image
 *	console	COS_CAP_HW with IOPORT, LOG, LOG_READ; COS_CAP_CAPTBL; the image
 *	reboot	COS_CAP_HW with LOG, HALT; the image
 *	framebuffer	the screen that the boot loader set up, at BOOT_FRAMEBUFFER_VA + the offset of its address in a page
 * The image is the payload (cos/image.h), at COS_IMAGE_VA, read-only, with the same offsets; mapped
 * are the tables, the strings and the blobs that are symbols, not the other contents.
 */
#ifndef INTERFACE_BOOT_H
#define INTERFACE_BOOT_H

#include "interface.h"

#define COS_IMAGE_VA 0x400000000 /* 16 GiB */

#define BOOT_CAP_MEM_PGTBL 10

#define BOOT_FRAMEBUFFER_VA 0x200000000 /* 8 GiB */

/*
 * What mem takes over, before it starts. Offsets are from the start of the structure. Every capability
 * here is in mem's captbl; those of threads are at MEM_THD_CAP.
 */
#define BOOT_HANDOVER_VA 0x300000000 /* 12 GiB */
#define BOOT_HANDOVER_MAGIC 0x5245564f444e4148ULL

struct boot_range {
	uint64_t paddr;
	uint64_t npages;
	uint64_t used_pages; /* from its start: what boot built the system of */
	uint32_t cap;	     /* untyped */
	uint32_t reserved;
};

struct boot_domain {
	uint32_t captbl; /* capabilities */
	uint32_t pgtbl;
	uint32_t slot0; /* the page table of level 3 that slot 0 is */
	uint32_t reserved;
	uint64_t copy_start;
	uint64_t copy_end;
	uint64_t copy_fault;
	uint64_t memory_limit_bytes;
	uint64_t pgtbl_paddr; /* where the page table of level 4 is; 0: boot's own */
};

struct boot_component {
	uint32_t id;
	uint32_t domain; /* index */
	uint32_t comp;	 /* capabilities; 0: none */
	/* of programs that it creates: the component that the gate leads to */
	uint32_t gate_comp;
	uint64_t gate_entry;	/* 0: it creates none */
	uint64_t handler_entry; /* their handler, in the component itself */
	uint32_t sees;		/* offset: count, then that many component ids, uint32_t each */
	uint32_t flags;
};
#define BOOT_COMP_SCHED (1 << 0)  /* may create threads and holds their capabilities */
#define BOOT_COMP_DEV (1 << 1)	  /* may map device memory and create end-points for others */
#define BOOT_COMP_REBOOT (1 << 2) /* may look into and stop components */
#define BOOT_COMP_DMA (1 << 3)	  /* has a device */
#define BOOT_COMP_WIRED (1 << 4)  /* no pager: stacks must be there before a thread comes */

struct boot_handover {
	uint64_t magic;
	uint32_t nranges;
	uint32_t range; /* offset */
	uint32_t ndomains;
	uint32_t domain;
	uint32_t ncomponents;
	uint32_t component;
	uint32_t pager_cap; /* sinv capability of mem_pagefault, for programs; 0: none */
	/* all capabilities of mem from here on are free, but MEM_THD_CAP's */
	uint32_t cap_end;
	uint64_t boot_tid;	    /* the only thread there is */
	uint64_t wired_stack_bytes; /* of boot_tid's stack in wired domains, from the top */
	uint32_t own_component;	    /* index: mem */
	uint32_t reserved;
};

#endif
