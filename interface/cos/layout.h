/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One address-space layout for all domains (the lower half; the upper half is the kernel's). A slot
 * is what one entry of the top-level page table maps: 512 GiB.
 * Audience: everyone.
 *
 *	slot 0		the domain's own text, data, heap, stacks; a program: Linux's layout
 *	slot 1..239	windows onto programs. mem gives each program a slot s; a server that sees
 *			the program has the program's slot 0 there, at slot s
 *	slot 240	buffers shared between domains, at the same address in all of them; a part
 *			of it is for each component (cos/reach.h)
 *	slot 241	device memory and DMA memory
 */
#ifndef COS_LAYOUT_H
#define COS_LAYOUT_H

#include <cos/abi.h>

#define COS_SLOT_SHIFT 39
#define COS_SLOT(n) ((n) << COS_SLOT_SHIFT)
#define COS_SLOT_WINDOW_FIRST 1
#define COS_SLOT_WINDOW_LAST 239
#define COS_SLOT_SHARED 240
#define COS_SLOT_DEVICE 241

#define COS_TEXT_VA 0x400000
#define COS_NEAR_VA 0x40000000 /* 1 GiB to 2 GiB: mem_map_at, for code that reaches 31 bits far */
#define COS_NEAR_END 0x80000000
#define COS_HEAP_VA 0x1000000000 /* 64 GiB: what mem_map gives out grows up from here */
#define COS_HEAP_END 0x4000000000
/*
 * From COS_STACK_VA (cos/abi.h), 256 GiB, up: one stack for each thread id. The lowest page of each
 * is a guard that is never mapped.
 *
 * The top of each stack holds the thread's slots in this domain: one word for each component of the
 * domain (libcos), so that per-thread data of a component is a few instructions away from rsp.
 */
#define COS_STACK_SELF_SIZE 256 /* COS_STACK_SELF_MAX words and two more, cos/stub.S.h */

#endif
