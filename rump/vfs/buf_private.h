/* SPDX-License-Identifier: BSD-2-Clause */
/* Between buf.c, which keeps the buffers, and bufio.c, which moves them from and to the device. */
#ifndef RUMP_VFS_BUF_PRIVATE_H
#define RUMP_VFS_BUF_PRIVATE_H

#include "vfs/buf.h"

/* Owned if it exists, after waiting for its owner; NULL when there is none. */
struct buf *buf_own(struct bufobj *bo, int64_t lbn);
/* Owned if it exists and is free and dirty; NULL otherwise. */
struct buf *buf_tryown_dirty(struct bufobj *bo, int64_t lbn);
/* A new owned buffer of a block that is not cached; NULL: it is, or no memory. */
struct buf *buf_create(struct bufobj *bo, int64_t lbn);
void buf_clean(struct buf *bp); /* owned: no longer dirty */
/* Fill an owned, invalid buffer from b_pblk, and up to ahead blocks that follow it on the device.
 */
int buf_fill(struct buf *bp, uint32_t ahead);
void bufobj_writeback(struct bufobj *bo, bool wait);

#endif
