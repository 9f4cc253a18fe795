/* SPDX-License-Identifier: BSD-2-Clause */
/* Device memory in dev's own domain. */
#ifndef SERVICE_DEV_MAP_H
#define SERVICE_DEV_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Where these bytes are mapped: once, and for ever. NULL: they cannot be. */
void *map_physical(uint64_t paddr, size_t len_bytes);

#endif
