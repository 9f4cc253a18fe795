/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_BASE_RANDOM_H
#define POSIX_BASE_RANDOM_H

#include <stddef.h>

void random_bytes(void *to, size_t len);

#endif
