/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI's table of DMA remapping units (dmar.h). Section numbers are those of VT-d 4.1. */
#include <cos/abi.h>
#include <cos/bytes.h>
#include <cos/string.h>

#include "dmar.h"

/* A remapping structure (8.2), and one of a hardware unit (8.3). */
#define TYPE 0
#define LENGTH 2
#define HEADER 4
#define TYPE_UNIT 0
#define UNIT_SEGMENT 6
#define UNIT_REGISTERS 8
#define UNIT_LEN 16

long dmar_unit(const uint8_t *dmar, size_t len_bytes, unsigned n, uint64_t *paddr)
{
	for (size_t at = DMAR_UNITS; at < len_bytes;) {
		const uint8_t *entry = dmar + at;
		size_t len = len_bytes - at >= HEADER ? cos_le16(entry + LENGTH) : 0;

		if (len < HEADER || len > len_bytes - at)
			return -COS_EINVAL;
		at += len;
		if (cos_le16(entry + TYPE) != TYPE_UNIT)
			continue;
		if (len < UNIT_LEN)
			return -COS_EINVAL;
		if (cos_le16(entry + UNIT_SEGMENT) != 0 || n-- != 0)
			continue;
		memcpy(paddr, entry + UNIT_REGISTERS, sizeof(*paddr));
		return 0;
	}
	return -COS_ENOENT;
}
