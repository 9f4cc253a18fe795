/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that makes its device reach for memory, its own and other.
 * Audience: everyone.
 */
#ifndef INTRUDER_H
#define INTRUDER_H

#include "interface.h"

/* v0 = 0, or what went wrong: a line of intruder.c, or negative COS_E*. */
#define INTRUDER_OWN 0	     /* memory for DMA is copied to other such memory */
#define INTRUDER_STACK 1     /* the same with memory of the stack and the heap */
#define INTRUDER_READ_ONLY 2 /* v1 = 1: memory that it may only read was written to */
#define INTRUDER_WRITE 3     /* to the machine address */
#define INTRUDER_READ 4	     /* of the machine address; v1 = the first 8 bytes that it got */
#define INTRUDER_FREED 5     /* v1 = the machine address of DMA memory that it had */
#define INTRUDER_UNMAPPED 6  /* v1 = the machine address of heap that it had */
#define INTRUDER_DIE 7	     /* it fails, after it has begun to write to the machine address */
COS_INTERFACE struct cos_pair intruder_do(long what, unsigned long paddr);

#endif
