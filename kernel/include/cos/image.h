/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payload of a bootable image: what r2c bakes and boot builds the system from. It follows the
 * kernel in one ELF executable, as a loadable segment of its own (page-aligned, section ".image").
 * It is relocatable: all offsets count from its first byte. Little endian, 64-bit.
 *
 *	struct image_header (boot/image.h), which begins with struct image_first
 *	tables: domains, segments, components, invocations, programs' grants, devices, blobs
 *	strings (NUL-terminated)
 *	page-aligned contents of segments and blobs
 *
 * The kernel reads only what is declared here. It builds the first component, boot, of these
 * segments, and starts it with the address of cos_bootinfo as argument. boot builds everything else
 * (boot/image.h) in the order of the tables. A component comes after all those that it imports
 * from, and is initialised in that order; r2c refuses a circle of imports.
 */
#ifndef COS_IMAGE_H
#define COS_IMAGE_H

#include <stdint.h>

#define IMAGE_MAGIC 0x31474d49534f43ULL
#define IMAGE_VERSION 2

struct image_first { /* the payload begins with it */
	uint64_t magic;
	uint32_t version;
	uint32_t nsegments;
	uint64_t len_bytes; /* of the whole payload */
	uint64_t segments;  /* offset: struct image_segment[nsegments] */
	uint64_t entry;	    /* where the first component's thread starts */
};

struct image_segment {
	uint64_t vaddr;	       /* page-aligned */
	uint64_t memory_bytes; /* what is beyond file_bytes is zero */
	uint64_t file_offset;  /* page-aligned */
	uint64_t file_bytes;
	uint32_t prot; /* COS_PG_* */
	uint32_t reserved;
};

#endif
