/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an interface is written. A header interface/NAME/NAME.h declares its functions by COS_INTERFACE, one
 * a line start; r2c reads just these lines to know what NAME consists of, and makes from them the
 * client's and the server's stubs for every call that crosses two domains. Inside one domain
 * the same call is a plain C call. So:
 *	- at most six parameters, each an integer or a pointer of 64 bits or less;
 *	- the result is a long (negative COS_E*: failure, COS_EREBOOT where the server was
 *	  stopped meanwhile), or a struct cos_pair;
 *	- memory behind a pointer is seen by the server only where it is shared (mem_shm_create) or
 *	  in a window; a pointer parameter says which.
 * A server learns who calls by cos_client() (libcos): the caller's component id.
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
