/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an interface is written. The folder interface/NAME/ is the interface NAME; its headers
 * declare its functions by COS_INTERFACE, each at the start of a line. r2c reads these lines and
 * makes from them the client's and the server's stubs for every call that crosses two domains.
 * Inside one domain the same call is a plain C call. So:
 *	- at most six parameters, each an integer or a pointer of 64 bits or less;
 *	- the result is a long (negative COS_E*: failure, COS_EREBOOT where the server was
 *	  stopped meanwhile), or a struct cos_pair;
 *	- a server sees the memory behind a pointer only where it is shared (mem_shm_create) or in a
 *	  window; a pointer parameter says which.
 * A server learns the caller's component id by cos_client() (libcos).
 *
 * A header has one audience, named in its head on a line of its own, " * Audience: NAMES.", where
 * NAMES is one of
 *	everyone	any component that the composition lets import the interface
 *	drivers		components that the composition gives a device
 *	the kernel	entered by the kernel alone (gates and exceptions)
 *	a, b, c		these components (and r2c, the host's side)
 * Audience: everyone.
 */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <stddef.h>
#include <stdint.h>
#include <cos/abi.h>

#define COS_INTERFACE

/* Two results, in registers; v0 negative COS_E* on failure. */
struct cos_pair {
	long v0;
	long v1;
};

#endif
