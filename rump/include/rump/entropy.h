/* SPDX-License-Identifier: BSD-2-Clause */
/* Not NetBSD's: the entropy device of a rump kernel, for a host that serves it to others. */
#ifndef RUMP_ENTROPY_H
#define RUMP_ENTROPY_H

#include <stddef.h>

/* Fill buf from the device; waits for it. ENXIO: there is no device; EIO: it failed. */
int rump_pub_entropy_read(void *buf, size_t len_bytes);

#endif
