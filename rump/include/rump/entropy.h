/* SPDX-License-Identifier: BSD-2-Clause */
/* Ours, not NetBSD's: the entropy device of a rump kernel for a host that hands it on. */
#ifndef RUMP_ENTROPY_H
#define RUMP_ENTROPY_H

#include <stddef.h>

/* len_bytes from the device, waited for. ENXIO: there is none; EIO: it failed. */
int rump_pub_entropy_read(void *buf, size_t len_bytes);

#endif
