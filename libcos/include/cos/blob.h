/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Named read-only data that the composition baked in for a component. boot maps it into the
 * component's domain, and a directory of the domain's blobs at COS_BLOBDIR_VA.
 */
#ifndef COS_BLOB_H
#define COS_BLOB_H

#include <stddef.h>
#include <stdint.h>
#include <cos/layout.h>

#define COS_BLOBDIR_VA (COS_BOOTINFO_VA + COS_PAGE_SIZE)
#define COS_BLOB_VA 0x800000000 /* 32 GiB, up to COS_HEAP_VA */

struct cos_blob_entry {
	uint64_t addr;
	uint64_t len_bytes;
	uint32_t component;   /* id of the component that may ask for it */
	uint32_t name_offset; /* from the directory's start */
};

struct cos_blobdir {
	uint64_t count;
	struct cos_blob_entry entry[];
};

/*
 * The address of the blob, page-aligned, and its length; NULL: this component has none of that
 * name.
 */
const void *cos_blob(const char *name, size_t *len_bytes);

#endif
