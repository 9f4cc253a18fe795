/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's binary interface on x86-64, as much as posix speaks of it: numbers, flags and structures
 * as programs see them. All names begin with LX_ or lx_, so that the host's or NetBSD's can stand
 * beside them.
 */
#ifndef POSIX_ABI_ABI_H
#define POSIX_ABI_ABI_H

#include "abi/fs.h"
#include "abi/process.h"
#include "abi/signal.h"
#include "abi/socket.h"
#include "abi/time.h"
#include "abi/tty.h"

#endif
