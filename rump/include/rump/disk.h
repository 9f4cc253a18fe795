/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Not NetBSD's: the disks of a rump kernel, for a host that serves them to others. A disk is found
 * by its name ("ld0", "ld0p1") and then known by a number, which does not change. 0 or a NetBSD
 * errno.
 */
#ifndef RUMP_DISK_H
#define RUMP_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ENOENT: no disk has that name. */
int rump_pub_disk_find(const char *name, int *number);
/* ENOENT: no disk has the number. */
int rump_pub_disk_size(int number, uint64_t *size_bytes, uint32_t *sector_bytes);
/*
 * Transfer whole sectors. buf is the caller's, and memory for DMA if possible. EINVAL: not whole
 * sectors; ENXIO: beyond the end; EROFS, EIO, ENOENT.
 */
int rump_pub_disk_read(int number, uint64_t off_bytes, void *buf, size_t len_bytes);
int rump_pub_disk_write(int number, uint64_t off_bytes, const void *buf, size_t len_bytes);
/* On return everything written before is on stable storage. EIO, ENOENT. */
int rump_pub_disk_flush(int number);

#endif
