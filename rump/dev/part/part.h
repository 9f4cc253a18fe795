/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Partitions. When all disks are attached, the table of each is read, and each partition becomes a
 * disk of its own: "ld0p1" is the first of "ld0". Numbers are those of other systems: the slot in
 * the table, and from 5 on for logical partitions of an MBR.
 *
 * I1 Tables are untrusted input. A partition that is not inside the disk is left out and logged.
 * I2 If the MBR says that there is a GPT, the GPT's partitions are used. If neither copy of the GPT
 *    is valid, the disk has no partitions.
 */
#ifndef RUMP_DEV_PART_PART_H
#define RUMP_DEV_PART_PART_H

#include <stddef.h>
#include <stdint.h>

#include "kern/bdev.h"

/* The function that a partition is reported to; first and count are in sectors of the disk. */
typedef void part_found_fn(struct bdev *bd, unsigned number, uint64_t first, uint64_t count);

/*
 * ENOENT: the disk has no such table. EINVAL: the table is damaged, which is logged; partitions
 * found before the damage stay. EIO, ENOMEM.
 */
int mbr_read(struct bdev *bd, part_found_fn *found, bool *protects_gpt);
int gpt_read(struct bdev *bd, part_found_fn *found);

static inline uint32_t part_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t part_le64(const uint8_t *p)
{
	return part_le32(p) | (uint64_t)part_le32(p + 4) << 32;
}

#endif
