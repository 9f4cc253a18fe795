/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Partitions. When all disks are there, the table of each is read, and each partition becomes a
 * disk of its own: "ld0p1" is the first of "ld0". Numbers are those of other systems: the slot of
 * the table, logical partitions of an MBR from 5 on. Tables are input from outside: what does not
 * lie on the disk is left out, with a line on the console.
 *
 * A disk that has both an MBR that says so and a GPT has the GPT's partitions; if neither of its
 * two copies is whole, it has none.
 */
#ifndef RUMP_DEV_PART_PART_H
#define RUMP_DEV_PART_PART_H

#include <stddef.h>
#include <stdint.h>

#include "kern/bdev.h"

/* Who finds a partition hands it to this; in sectors of the disk. */
typedef void part_found_fn(struct bdev *bd, unsigned number, uint64_t first, uint64_t count);

/*
 * ENOENT: the disk has no such table. EINVAL: it is damaged (said on the console); what was found
 * before holds. EIO, ENOMEM.
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
