/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master boot record (UEFI 2.10, 5.2.1 and 5.2.3): four entries in the first sector. An
 * extended partition holds a chain of sectors of the same form. In each, the first entry is a
 * logical partition, relative to that sector, and the second leads to the next sector, relative to
 * the extended partition.
 *
 * Supported: primary and logical partitions, any number. Not supported: types of partitions, except
 * "none", "extended" and "a GPT is there".
 *
 * The boot sector of a file system has the same signature. So an entry must look like one: its
 * status is active or not (0x80 or 0), as every writer of tables leaves it.
 */
#include "dev/part/part.h"

#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"

#define SIGNATURE_OFFSET 510
#define ENTRIES 4
#define ENTRY(sector, n) ((sector) + 446 + 16 * (n))
#define ENTRY_STATUS(e) ((e)[0])
#define ENTRY_TYPE(e) ((e)[4])
#define ENTRY_FIRST(e) part_le32((e) + 8)
#define ENTRY_COUNT(e) part_le32((e) + 12)
#define STATUS_ACTIVE 0x80
#define TYPE_NONE 0x00
#define TYPE_GPT 0xee
#define LOGICAL_FIRST 5

static bool is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* 0; ENOENT: there is no table; EIO. */
static int table_read(struct bdev *bd, uint64_t at, uint8_t *sector)
{
	int error = bdev_rw(bd, BIO_READ, at * bd->bd_sector, sector, bd->bd_sector);

	if (error != 0)
		return error == RUMP_ENXIO ? RUMP_EINVAL : error;
	if (sector[SIGNATURE_OFFSET] != 0x55 || sector[SIGNATURE_OFFSET + 1] != 0xaa)
		return RUMP_ENOENT;
	for (unsigned n = 0; n < ENTRIES; n++)
		if ((ENTRY_STATUS(ENTRY(sector, n)) & ~STATUS_ACTIVE) != 0)
			return RUMP_ENOENT;
	return 0;
}

/*
 * The chain of an extended partition. The chain may be a cycle: a position is remembered after 1,
 * 2, 4 ... steps, and reaching it again proves a cycle (Brent 1980).
 */
static int logical_read(struct bdev *bd, uint64_t base, uint8_t *sector, unsigned *number,
			part_found_fn *found)
{
	uint64_t at = base, mark = 0, steps = 0, until = 1;
	int error;

	while ((error = table_read(bd, at, sector)) == 0) {
		const uint8_t *part = ENTRY(sector, 0), *next = ENTRY(sector, 1);

		if (ENTRY_TYPE(part) != TYPE_NONE)
			found(bd, (*number)++, at + ENTRY_FIRST(part), ENTRY_COUNT(part));
		if (!is_extended(ENTRY_TYPE(next)))
			return 0;
		at = base + ENTRY_FIRST(next);
		if (at == mark || at == base)
			break;
		if (++steps == until) {
			mark = at;
			until *= 2;
			steps = 0;
		}
	}
	kprintf("%s: the extended partition is damaged at sector %llu\n", bd->bd_name,
		(unsigned long long)at);
	return error == 0 || error == RUMP_ENOENT ? RUMP_EINVAL : error;
}

int mbr_read(struct bdev *bd, part_found_fn *found, bool *protects_gpt)
{
	uint8_t *sector = kmem_alloc_aligned(bd->bd_sector, bd->bd_sector);
	unsigned number = LOGICAL_FIRST;
	uint64_t extended[ENTRIES];
	unsigned nextended = 0;
	int error;

	*protects_gpt = false;
	if (sector == NULL)
		return RUMP_ENOMEM;
	error = table_read(bd, 0, sector);
	for (unsigned n = 0; n < ENTRIES && error == 0; n++)
		*protects_gpt |= ENTRY_TYPE(ENTRY(sector, n)) == TYPE_GPT;
	for (unsigned n = 0; n < ENTRIES && error == 0 && !*protects_gpt; n++) {
		const uint8_t *e = ENTRY(sector, n);

		if (is_extended(ENTRY_TYPE(e)))
			extended[nextended++] = ENTRY_FIRST(e);
		else if (ENTRY_TYPE(e) != TYPE_NONE)
			found(bd, n + 1, ENTRY_FIRST(e), ENTRY_COUNT(e));
	}
	for (unsigned n = 0; n < nextended && error == 0; n++)
		error = logical_read(bd, extended[n], sector, &number, found);
	kmem_free(sector, bd->bd_sector);
	return error;
}
