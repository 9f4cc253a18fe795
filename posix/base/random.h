/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers for programs. */
#ifndef POSIX_BASE_RANDOM_H
#define POSIX_BASE_RANDOM_H

#include <stddef.h>

/* Fill with random bytes; never fails. */
void random_bytes(void *to, size_t len);

#endif
