/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk that can fail (visitor.h). */
#include <block/block.h>
#include <cos/string.h>
#include <cos/user.h>

#include "visitor.h"

#define SECTOR 512ul
#define NUMBER 3

long component_init(void);

static uint8_t disk[FAULTYDISK_SECTORS * SECTOR];

long block_find(unsigned long name0, unsigned long name1, unsigned long name2, unsigned long name3)
{
	unsigned long words[] = {name0, name1, name2, name3};

	return strncmp((const char *)words, "faulty", sizeof(words)) == 0 ? NUMBER : -COS_ENOENT;
}

struct cos_pair block_size(long number)
{
	return (struct cos_pair){number == NUMBER ? (long)sizeof(disk) : -COS_ENOENT, SECTOR};
}

long block_transfer(long number, long op, unsigned long buffer, unsigned long len_bytes,
		    unsigned long off_bytes)
{
	if (number != NUMBER)
		return -COS_ENOENT;
	if (off_bytes > sizeof(disk) || len_bytes > sizeof(disk) - off_bytes)
		return -COS_EINVAL;
	if (!cos_user_range((void *)buffer, len_bytes))
		return -COS_EFAULT;
	if (off_bytes <= FAULTYDISK_BAD * SECTOR && off_bytes + len_bytes > FAULTYDISK_BAD * SECTOR)
		return -COS_EIO;
	if (op == BLOCK_READ)
		return cos_copy_user((void *)buffer, disk + off_bytes, len_bytes);
	return cos_copy_user(disk + off_bytes, (void *)buffer, len_bytes);
}

long block_flush(long number)
{
	return number == NUMBER ? 0 : -COS_ENOENT;
}

long component_init(void)
{
	return 0;
}
