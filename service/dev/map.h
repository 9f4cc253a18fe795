/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory that is not RAM, in dev's own domain. */
#ifndef SERVICE_DEV_MAP_H
#define SERVICE_DEV_MAP_H

#include <stddef.h>
#include <stdint.h>

/* The same bytes are mapped once and stay mapped. NULL: not to be had. */
void *map_physical(uint64_t paddr, size_t len_bytes);

#endif
