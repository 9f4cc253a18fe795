/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of feature flags, for messages: "extents, 64bit". Cut off at size; returns buf. */
#ifndef EXT2_FEATURE_H
#define EXT2_FEATURE_H

#include <stddef.h>
#include <stdint.h>

const char *ext2_feature_incompat(uint32_t bits, char *buf, size_t size);
const char *ext2_feature_rocompat(uint32_t bits, char *buf, size_t size);

#endif
