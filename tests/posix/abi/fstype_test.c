/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of file systems, against the host's own numbers, which are Linux's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/magic.h>
#include <string.h>
#include "abi/fstype.h"

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(fs_type_find("ext2")->netbsd, "ext2fs");
	assert_string_equal(fs_type_find("tmpfs")->netbsd, "tmpfs");
	assert_null(fs_type_find("ext2fs"));
	assert_null(fs_type_find("ext5"));
	assert_null(fs_type_find(""));
}

static void test_magic(void **state)
{
	(void)state;
	assert_int_equal(fs_type_magic("ext2fs"), EXT2_SUPER_MAGIC);
	assert_int_equal(fs_type_magic("tmpfs"), TMPFS_MAGIC);
	assert_int_equal(fs_type_magic("ffs"), 0x00011954); /* UFS_MAGIC, statfs(2) */
	assert_int_equal(fs_type_magic("rumpfs"), TMPFS_MAGIC);
}

static void test_args(void **state)
{
	union fs_args args;
	char device[] = "/dev/ld0";

	(void)state;
	memset(&args, 0, sizeof(args));
	assert_true(fs_type_find("ext2")->on_disk);
	assert_int_equal(fs_type_find("ext2")->fill(&args, device, true), sizeof(args.ufs));
	assert_ptr_equal(args.ufs.fspec, device);
	memset(&args, 0, sizeof(args));
	assert_false(fs_type_find("tmpfs")->on_disk);
	assert_int_equal(fs_type_find("tmpfs")->fill(&args, device, true), sizeof(args.tmpfs));
	assert_int_equal(args.tmpfs.ta_version, RUMP_TMPFS_ARGS_VERSION);
	assert_int_equal(args.tmpfs.ta_root_mode, 0755);
	fs_type_find("tmpfs")->fill(&args, device, false);
	assert_int_equal(args.tmpfs.ta_root_mode, 01777);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_magic),
		cmocka_unit_test(test_args),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
