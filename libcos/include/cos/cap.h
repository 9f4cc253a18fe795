/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The capability table of every domain: which index holds which capability. Components use these
 * numbers, r2c and boot fill the tables in.
 */
#ifndef COS_CAP_H
#define COS_CAP_H

#include <cos/abi.h>

/* Given by boot to components with a role (boot/roles.h). */
#define COS_CAP_HW 8	 /* hardware, with the rights of the role */
#define COS_CAP_CAPTBL 9 /* the domain's own captbl */
/* 10..31: as boot and the service agree (boot/handover.h) */

/* Invocations, numbered by r2c. */
#define COS_CAP_SINV_FIRST 128 /* above boot's own, COS_BOOT_UNTYPED */
#define COS_CAP_SINV_END 1024

/* Thread tid, in the tables of sched and mem. */
#define COS_CAP_THD(tid) (COS_CAP_SINV_END + (tid))

#endif
