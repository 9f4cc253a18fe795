/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is where in the capability table of every domain, below the thread capabilities of sched
 * (MEM_THD_CAP).
 */
#ifndef COS_CAP_H
#define COS_CAP_H

#include <cos/abi.h>

/* Given by boot, to the components that its table of roles names (interface/boot/boot.h). */
#define COS_CAP_HW 8	 /* hardware, with the rights of the role only */
#define COS_CAP_CAPTBL 9 /* the domain's own captbl */
/* 10..31: boot and the service agree, interface/boot/boot.h */

/* Invocations, numbered by r2c. */
#define COS_CAP_SINV_FIRST 128 /* above boot's own, COS_BOOT_UNTYPED */
#define COS_CAP_SINV_END 1024

#endif
