/* SPDX-License-Identifier: BSD-2-Clause */
/* What posix stands on: libcos and the interfaces of the services. */
#ifndef POSIX_BASE_OS_H
#define POSIX_BASE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/alloc.h>
#include <cos/clock.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include <cos/user.h>
#include "interface.h"
#include "mem/mem.h"
#include "sched/sched.h"

#define NS_PER_S 1000000000ull
#define PAGE COS_PAGE_SIZE
#define PAGE_UP(x) (((x) + PAGE - 1) & ~(uint64_t)(PAGE - 1))
#define PAGE_DOWN(x) ((x) & ~(uint64_t)(PAGE - 1))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
