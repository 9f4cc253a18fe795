/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ours, not NetBSD's: the disks of a rump kernel for a host that hands them on. A disk is known by
 * its name ("ld0", "ld0p1") and, once found, by a number that it keeps. 0 or a NetBSD errno.
 */
#ifndef RUMP_DISK_H
#define RUMP_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ENOENT: there is none of that name. */
int rump_pub_disk_find(const char *name, int *number);
/* ENOENT: no disk has the number. */
int rump_pub_disk_size(int number, uint64_t *size_bytes, uint32_t *sector_bytes);
/*
 * Whole sectors, by way of buf, which is the caller's and memory for DMA if it may be. EINVAL: not
 * whole sectors; ENXIO: beyond the end; EROFS, EIO, ENOENT.
 */
int rump_pub_disk_read(int number, uint64_t off_bytes, void *buf, size_t len_bytes);
int rump_pub_disk_write(int number, uint64_t off_bytes, const void *buf, size_t len_bytes);
/* What was written before is on stable storage. EIO, ENOENT. */
int rump_pub_disk_flush(int number);

#endif
