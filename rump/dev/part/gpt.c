/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GUID partition table (UEFI 2.10, 5.3): a header in the second sector with entries where it
 * says, and a second header in the last sector with entries of its own. Header and entries have a
 * CRC32 each; a copy is used only if both are right.
 *
 * Supported: entries of any size from 128 bytes on, up to 1 MiB of them. Not supported: names,
 * types and attributes of partitions, and repairing a damaged copy.
 */
#include "dev/part/part.h"

#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

/* 5.3.2, table 5-5 */
#define HEADER_SIGNATURE "EFI PART"
#define HEADER_MIN 92u
#define HEADER_SIZE(h) part_le32((h) + 12)
#define HEADER_CRC_OFFSET 16
#define HEADER_SELF(h) part_le64((h) + 24)
#define HEADER_ENTRIES(h) part_le64((h) + 72)
#define HEADER_COUNT(h) part_le32((h) + 80)
#define HEADER_ENTRY_SIZE(h) part_le32((h) + 84)
#define HEADER_ENTRIES_CRC(h) part_le32((h) + 88)
/* 5.3.3, table 5-6; a type of zeros means not in use */
#define ENTRY_MIN 128u
#define ENTRY_TYPE_BYTES 16
#define ENTRY_FIRST(e) part_le64((e) + 32)
#define ENTRY_LAST(e) part_le64((e) + 40)
/* Far more than any table has: a header that asks for more memory is damaged. */
#define ENTRIES_BYTES_MAX (1u << 20)

/* The CRC of ISO 3309, as UEFI requires. */
static uint32_t crc32(const uint8_t *p, size_t len)
{
	uint32_t crc = ~0u;

	while (len-- > 0) {
		crc ^= *p++;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* Whether this is a valid header, and belongs in that sector. */
static bool header_valid(struct bdev *bd, uint64_t at, uint8_t *h)
{
	uint32_t size, crc;

	if (memcmp(h, HEADER_SIGNATURE, 8) != 0)
		return false;
	size = HEADER_SIZE(h);
	if (size < HEADER_MIN || size > bd->bd_sector || HEADER_SELF(h) != at)
		return false;
	crc = part_le32(h + HEADER_CRC_OFFSET);
	memset(h + HEADER_CRC_OFFSET, 0, 4); /* the CRC is computed with zeros here */
	return crc32(h, size) == crc;
}

static bool is_used(const uint8_t *entry)
{
	for (unsigned i = 0; i < ENTRY_TYPE_BYTES; i++)
		if (entry[i] != 0)
			return true;
	return false;
}

static int entries_read(struct bdev *bd, const uint8_t *h, part_found_fn *found)
{
	uint32_t count = HEADER_COUNT(h), size = HEADER_ENTRY_SIZE(h);
	uint64_t bytes = (uint64_t)count * size, whole;
	uint8_t *entries;
	int error;

	if (size < ENTRY_MIN || (size & (size - 1)) != 0 || bytes == 0 ||
	    bytes > ENTRIES_BYTES_MAX || HEADER_ENTRIES(h) > bd->bd_size / bd->bd_sector)
		return RUMP_EINVAL;
	whole = (bytes + bd->bd_sector - 1) & ~(uint64_t)(bd->bd_sector - 1);
	entries = kmem_alloc_aligned(whole, 4096);
	if (entries == NULL)
		return RUMP_ENOMEM;
	error = bdev_rw(bd, BIO_READ, HEADER_ENTRIES(h) * bd->bd_sector, entries, whole);
	if (error == 0 && crc32(entries, bytes) != HEADER_ENTRIES_CRC(h))
		error = RUMP_EINVAL;
	for (uint32_t n = 0; n < count && error == 0; n++) {
		const uint8_t *e = entries + (size_t)n * size;

		if (is_used(e) && ENTRY_LAST(e) >= ENTRY_FIRST(e))
			found(bd, n + 1, ENTRY_FIRST(e), ENTRY_LAST(e) - ENTRY_FIRST(e) + 1);
	}
	kmem_free(entries, whole);
	return error;
}

static int copy_read(struct bdev *bd, uint64_t at, part_found_fn *found)
{
	uint8_t *header = kmem_alloc_aligned(bd->bd_sector, bd->bd_sector);
	int error;

	if (header == NULL)
		return RUMP_ENOMEM;
	error = bdev_rw(bd, BIO_READ, at * bd->bd_sector, header, bd->bd_sector);
	if (error == 0)
		error = header_valid(bd, at, header) ? entries_read(bd, header, found)
						     : RUMP_EINVAL;
	kmem_free(header, bd->bd_sector);
	return error;
}

int gpt_read(struct bdev *bd, part_found_fn *found)
{
	int error = copy_read(bd, 1, found);

	if (error == 0)
		return 0;
	kprintf("%s: the first GPT is damaged, trying the second\n", bd->bd_name);
	return copy_read(bd, bd->bd_size / bd->bd_sector - 1, found);
}
