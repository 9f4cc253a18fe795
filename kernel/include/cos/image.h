/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payload of a bootable image: what r2c bakes and boot builds the system from. It follows
 * the kernel in one ELF executable, as a loadable segment of its own (page-aligned, section ".image"), and is
 * relocatable: all offsets are from its first byte. Little endian, 64-bit.
 *
 *	struct image_header
 *	tables: domains, segments, components, invocations, programs' grants, devices, blobs
 *	strings (NUL-terminated)
 *	page-aligned contents of segments and blobs
 *
 * The kernel itself reads only the header and the segments of domain 0, which is boot: it maps them
 * and starts boot at the domain's thread entry with the address of cos_bootinfo as argument. Domains,
 * components and everything else (boot/image.h) are built by boot, in the order of the tables: a component comes after all
 * those that it imports from (r2c refuses a circle), and is initialised in that order.
 */
#ifndef COS_IMAGE_H
#define COS_IMAGE_H

#include <stdint.h>

#define IMAGE_MAGIC 0x31474d49534f43ULL
#define IMAGE_VERSION 1

struct image_table {
	uint32_t offset;
	uint32_t count;
};

struct image_header {
	uint64_t magic;
	uint32_t version;
	uint32_t flags;
	uint64_t len_bytes; /* of the whole payload */
	struct image_table domains;
	struct image_table segments;
	struct image_table components;
	struct image_table invocations;
	struct image_table devices;
	struct image_table blobs;
	uint32_t name; /* of the system; strings are offsets from the payload's start */
	uint32_t cmdline;
};

/* A protection domain: one executable linked by r2c, at most one page table. */
struct image_domain {
	uint32_t name;
	uint32_t first_segment;
	uint32_t nsegments;
	uint32_t symbols; /* blob: its ELF file with symbols, for backtraces; ~0: none */
	uint64_t thread_entry; /* where the kernel starts boot's thread; ud2 in other domains (libcos) */
	uint64_t copy_start;   /* faults at [copy_start, copy_end) on a window or shared address that */
	uint64_t copy_end;     /* mem cannot resolve resume at copy_fault: copyin and copyout */
	uint64_t copy_fault;
	uint64_t memory_limit_bytes; /* 0: none */
	uint64_t init_entry; /* entry of an invocation by boot: rdi = a component's init; its result is returned */
};

struct image_segment {
	uint64_t vaddr; /* page-aligned */
	uint64_t memory_bytes; /* what is beyond file_bytes is zero */
	uint64_t file_offset; /* page-aligned */
	uint64_t file_bytes;
	uint32_t prot; /* COS_PG_* */
	uint32_t reserved;
};

#endif
