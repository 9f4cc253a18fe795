/* SPDX-License-Identifier: BSD-2-Clause */
/* What lwIP uses of <string.h> without a C library. */
#ifndef RUMP_NET_STRING_H
#define RUMP_NET_STRING_H

#include "kern/string.h"

#endif
