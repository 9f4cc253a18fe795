/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of storage that reads and writes a virtio disk by its device file. Sector n of the disk
 * begins with its number as text (rawdisk.sh). Every eighth sector of the second half is
 * overwritten with the same text in capitals, for the host to check.
 */
#include <cos/abi.h>
#include <cos/log.h>
#include <cos/string.h>
#include <mem/mem.h>
#include <reboot/system.h>
#include <storage/storage.h>
#include <rump/syscall.h>
#include <rump/types.h>

#define SECTOR 512
#define SECTORS 4096
#define PART 65536

static void expect(const char *what, struct cos_pair is, long value)
{
	if (is.v0 == 0 && is.v1 == value)
		return;
	cos_log("rawdisk: %s: error %ld result %ld, not %ld\n", what, is.v0, is.v1, value);
	reboot_system(1);
}

static struct cos_pair transfer(long num, long fd, const char *buf, size_t len, long off)
{
	return storage_syscall(num, (unsigned long)fd, (unsigned long)buf, len, 0,
			       (unsigned long)off);
}

long component_init(void)
{
	char *shared = (char *)mem_shm_create(PART), want[32];
	struct cos_pair fd;

	if ((long)shared < 0)
		return (long)shared;
	strlcpy(shared, "/dev/ld0", PART);
	fd = storage_syscall(RUMP_SYS_open, (unsigned long)shared, RUMP_O_RDWR, 0, 0, 0);
	expect("open", (struct cos_pair){fd.v0, 0}, 0);
	for (long at = 0; at < SECTORS * SECTOR; at += PART) {
		expect("read", transfer(RUMP_SYS_pread, fd.v1, shared, PART, at), PART);
		for (long s = 0; s < PART / SECTOR; s++) {
			cos_snprintf(want, sizeof(want), "sector %ld\n", at / SECTOR + s);
			if (memcmp(shared + s * SECTOR, want, strlen(want)) != 0)
				expect(want, (struct cos_pair){1, s}, 0);
		}
	}
	for (long s = SECTORS / 2; s < SECTORS; s += 8) {
		memset(shared, '.', SECTOR);
		cos_snprintf(shared, SECTOR, "SECTOR %ld\n", s);
		expect("write", transfer(RUMP_SYS_pwrite, fd.v1, shared, SECTOR, s * SECTOR),
		       SECTOR);
	}
	expect("fsync", storage_syscall(RUMP_SYS_fsync, (unsigned long)fd.v1, 0, 0, 0, 0), 0);
	expect("close", storage_syscall(RUMP_SYS_close, (unsigned long)fd.v1, 0, 0, 0, 0), 0);
	cos_log("rawdisk: all as it should be\n");
	reboot_system(0);
	return 0;
}
