/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers in memory as firmware and file formats have them: little-endian, at any address. */
#ifndef COS_BYTES_H
#define COS_BYTES_H

#include <stdint.h>

static inline uint32_t cos_le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static inline uint32_t cos_le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t cos_le64(const uint8_t *p)
{
	return cos_le32(p) | (uint64_t)cos_le32(p + 4) << 32;
}

#endif
