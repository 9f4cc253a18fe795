/* SPDX-License-Identifier: BSD-2-Clause */
/* What other transfers of a file have to do with block I/O on it. */
#ifndef RUMPUSER_COS_BIO_H
#define RUMPUSER_COS_BIO_H

#include "file.h"

/*
 * Waits until a transfer of [off, off + len_bytes) comes after all block I/O of the file that it
 * must not overtake (bio.c). Called without a virtual CPU.
 */
void bio_settle(struct file *f, bool write, uint64_t off, size_t len_bytes);

#endif
