/* SPDX-License-Identifier: BSD-2-Clause */
/* How other transfers of a file are ordered with block I/O on it. */
#ifndef RUMPUSER_COS_BIO_H
#define RUMPUSER_COS_BIO_H

#include "file.h"

/*
 * Wait until a transfer of [off, off + len_bytes) may start: all block I/O that it must not
 * overtake has ended (bio.c, I2). Called without a virtual CPU.
 */
void bio_settle(struct file *f, bool write, uint64_t off, size_t len_bytes);

#endif
