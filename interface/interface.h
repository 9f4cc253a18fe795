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
 *	  window; a pointer parameter says which, and the server takes it only if the caller could
 *	  follow it itself (libcos: cos_user_range).
 * A server learns the caller's component id by cos_client() (libcos).
 *
 * A header has one audience: who may call its functions. It is named on a line of its own,
 * " * Audience: NAMES.", where NAMES is one of
 *	everyone	any component
 *	drivers		components that the composition gives a device
 *	the kernel	entered by the kernel alone (gates and exceptions)
 *	a, b, c		components of these roles: those that boot/roles.h has by name, posix (what
 *			exports that interface), and r2c, the host's side
 * r2c reads that line, gives the functions to no other component, and refuses an object that wants
 * them (docs/composition.md, Wiring). A server looks again (cos_has_role, cos_entered_by_fault)
 * where a forged call would hurt others than the caller.
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
