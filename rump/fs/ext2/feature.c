/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Feature flags. An unknown compatible feature is ignored; an unknown ro_compat one forbids
 * writing, an unknown incompat one mounting. Names are those of mke2fs(8) and ext4(5).
 */
#include "fs/ext2/feature.h"
#include "kern/printf.h"
#include "kern/string.h"

struct feature {
	uint32_t f_bit;
	const char *f_name;
};

static const struct feature incompat[] = {
	{0x00000001, "compression"},
	{0x00000002, "filetype"},
	{0x00000004, "needs_recovery"},
	{0x00000008, "journal_dev"},
	{0x00000010, "meta_bg"},
	{0x00000040, "extents"},
	{0x00000080, "64bit"},
	{0x00000100, "mmp"},
	{0x00000200, "flex_bg"},
	{0x00000400, "ea_inode"},
	{0x00001000, "dirdata"},
	{0x00002000, "metadata_csum_seed"},
	{0x00004000, "large_dir"},
	{0x00008000, "inline_data"},
	{0x00010000, "encrypt"},
	{0x00020000, "casefold"},
	{0, NULL},
};

static const struct feature ro_compat[] = {
	{0x00000001, "sparse_super"}, {0x00000002, "large_file"},     {0x00000004, "btree_dir"},
	{0x00000008, "huge_file"},    {0x00000010, "uninit_bg"},      {0x00000020, "dir_nlink"},
	{0x00000040, "extra_isize"},  {0x00000080, "snapshot"},	      {0x00000100, "quota"},
	{0x00000200, "bigalloc"},     {0x00000400, "metadata_csum"},  {0x00000800, "replica"},
	{0x00001000, "read-only"},    {0x00002000, "project"},	      {0x00004000, "shared_blocks"},
	{0x00008000, "verity"},	      {0x00010000, "orphan_present"}, {0, NULL},
};

static const char *list_names(const struct feature *tab, uint32_t bits, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < 32 && at < size; i++) {
		uint32_t bit = UINT32_C(1) << i;
		const struct feature *f = tab;

		if ((bits & bit) == 0)
			continue;
		while (f->f_name != NULL && f->f_bit != bit)
			f++;
		if (f->f_name != NULL)
			at += (size_t)ksnprintf(buf + at, size - at, "%s%s", at ? ", " : "",
						f->f_name);
		else
			at += (size_t)ksnprintf(buf + at, size - at, "%sbit 0x%x", at ? ", " : "",
						bit);
	}
	return buf;
}

const char *ext2_feature_incompat(uint32_t bits, char *buf, size_t size)
{
	return list_names(incompat, bits, buf, size);
}

const char *ext2_feature_rocompat(uint32_t bits, char *buf, size_t size)
{
	return list_names(ro_compat, bits, buf, size);
}
