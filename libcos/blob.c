/* SPDX-License-Identifier: BSD-2-Clause */
/* Blobs (cos/blob.h), found by name in the directory that boot made. */
#include <cos/blob.h>
#include <cos/client.h>
#include <cos/string.h>

const void *cos_blob(const char *name, size_t *len_bytes)
{
	const struct cos_blobdir *dir = (const void *)(uintptr_t)COS_BLOBDIR_VA;

	for (uint64_t i = 0; i < dir->count; i++) {
		const struct cos_blob_entry *entry = &dir->entry[i];

		if (entry->component != (uint32_t)cos_component_id() ||
		    strcmp((const char *)dir + entry->name_offset, name) != 0)
			continue;
		*len_bytes = entry->len_bytes;
		return (const void *)(uintptr_t)entry->addr;
	}
	return NULL;
}
