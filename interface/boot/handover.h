/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What mem takes over from boot: struct boot_handover, at BOOT_HANDOVER_VA of mem's domain before
 * it starts. Offsets are from the start of the structure. Every capability here is in mem's captbl;
 * those of threads are at COS_CAP_THD.
 * Audience: mem.
 */
#ifndef INTERFACE_BOOT_HANDOVER_H
#define INTERFACE_BOOT_HANDOVER_H

#include <stdint.h>
#include <boot/roles.h>

#define BOOT_CAP_MEM_PGTBL 10

#define BOOT_HANDOVER_VA 0x300000000 /* 12 GiB */
#define BOOT_HANDOVER_MAGIC 0x5245564f444e4148ULL

struct boot_range {
	uint64_t paddr;
	uint64_t npages;
	uint64_t used_pages; /* from its start: boot built the system of these */
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
	uint32_t domain;     /* index */
	uint32_t comp;	     /* capabilities; 0: none */
	uint32_t gate_comp;  /* of programs that it creates: the component that the gate leads to */
	uint64_t gate_entry; /* 0: it creates none */
	uint64_t handler_entry; /* their handler, in the component itself */
	uint32_t sees;		/* offset: count, then that many component ids, uint32_t each */
	uint32_t role;		/* enum component_role */
	uint32_t flags;
	uint32_t reserved;
};
#define BOOT_COMP_DMA (1 << 0)	 /* has a device */
#define BOOT_COMP_WIRED (1 << 1) /* no pager: stacks must be there before a thread comes */

struct boot_handover {
	uint64_t magic;
	uint32_t nranges;
	uint32_t range; /* offset */
	uint32_t ndomains;
	uint32_t domain;
	uint32_t ncomponents;
	uint32_t component;
	uint32_t pager_cap; /* sinv capability of mem_pagefault, for programs; 0: none */
	uint32_t cap_end;   /* mem's capabilities from here on are free, except COS_CAP_THD's */
	uint64_t boot_tid;  /* the only thread there is */
	uint64_t wired_stack_bytes; /* of boot_tid's stack in wired domains, from the top */
	uint32_t own_component;	    /* index: mem */
	uint32_t reserved;
};

#endif
