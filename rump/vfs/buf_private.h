/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared by buf.c, which keeps the buffers, and bufio.c, which moves them to and from the device.
 */
#ifndef RUMP_VFS_BUF_PRIVATE_H
#define RUMP_VFS_BUF_PRIVATE_H

#include "vfs/buf.h"

/* The block's buffer, owned, after waiting for its owner; NULL: not cached. */
struct buf *buf_own(struct bufobj *bo, int64_t lbn);
/* The block's buffer, owned, if it is cached, free and dirty; otherwise NULL. */
struct buf *buf_tryown_dirty(struct bufobj *bo, int64_t lbn);
/* A new owned buffer for a block that is not cached. NULL: it is cached, or no memory. */
struct buf *buf_create(struct bufobj *bo, int64_t lbn);
void buf_clean(struct buf *bp); /* an owned buffer is clean now */
/*
 * Fill an owned, invalid buffer from b_pblk, and read up to ahead blocks that follow it on the
 * device.
 */
int buf_fill(struct buf *bp, uint32_t ahead);
void bufobj_writeback(struct bufobj *bo, bool wait);

#endif
