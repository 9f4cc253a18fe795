/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The components that have a role because of their names: what r2c, boot and the services treat
 * them as, and what boot gives to each. No other component gets a right to hardware. The image
 * carries the role of each component (boot/image.h), so only r2c compares names.
 * Audience: r2c, boot, mem, sched, dev, reboot.
 *
 * One line a role: ROLE(role, name, traits, hardware rights, gifts). A new role is a new line.
 */
#ifndef INTERFACE_BOOT_ROLES_H
#define INTERFACE_BOOT_ROLES_H

#include <cos/abi.h>

/* Traits, for r2c. */
#define ROLE_SERVICE 1	/* part of every system, in the order of the list */
#define ROLE_OPTIONAL 2 /* a service that is left out where its object is not built */
#define ROLE_WIRED 4	/* starts before mem serves page faults: no pager, no threads of its own */
#define ROLE_SELF 8	/* handles its own exceptions: no handler */

/* Gifts, for boot. */
#define ROLE_CAPTBL 1	   /* COS_CAP_CAPTBL: its own capability table */
#define ROLE_IMAGE 2	   /* the image at COS_IMAGE_VA (boot/boot.h) */
#define ROLE_FRAMEBUFFER 4 /* the screen at BOOT_FRAMEBUFFER_VA (boot/boot.h) */

#define ROLE_RIGHT(operation) (1U << (operation)) /* of the hardware capability, COS_CAP_HW */

/* clang-format off */
#define COMPONENT_ROLES(ROLE)									\
	ROLE(BOOT, "boot", ROLE_SERVICE | ROLE_WIRED | ROLE_SELF, 0, 0)			\
	ROLE(MEM, "mem", ROLE_SERVICE | ROLE_WIRED,						\
	     ROLE_RIGHT(COS_HW_LOG) | ROLE_RIGHT(COS_HW_HALT) | ROLE_RIGHT(COS_HW_DEVMEM) |	\
	     ROLE_RIGHT(COS_HW_QUIESCE),							\
	     ROLE_CAPTBL) /* and struct boot_handover */					\
	ROLE(SCHED, "sched", ROLE_SERVICE | ROLE_WIRED,					\
	     ROLE_RIGHT(COS_HW_SCHED) | ROLE_RIGHT(COS_HW_IDLE) | ROLE_RIGHT(COS_HW_TIME) |	\
	     ROLE_RIGHT(COS_HW_LOG) | ROLE_RIGHT(COS_HW_HALT),					\
	     0)										\
	ROLE(CONSOLE, "console", ROLE_SERVICE | ROLE_OPTIONAL,					\
	     ROLE_RIGHT(COS_HW_IOPORT) | ROLE_RIGHT(COS_HW_LOG) | ROLE_RIGHT(COS_HW_LOG_READ),	\
	     ROLE_CAPTBL | ROLE_IMAGE)								\
	ROLE(DEV, "dev", ROLE_SERVICE | ROLE_OPTIONAL,						\
	     ROLE_RIGHT(COS_HW_IRQ_BIND) | ROLE_RIGHT(COS_HW_IRQ_FREE) |			\
	     ROLE_RIGHT(COS_HW_IOPORT) | ROLE_RIGHT(COS_HW_LOG) | ROLE_RIGHT(COS_HW_LOG_BIND),	\
	     ROLE_CAPTBL | ROLE_IMAGE)								\
	ROLE(REBOOT, "reboot", ROLE_SERVICE | ROLE_OPTIONAL | ROLE_SELF,			\
	     ROLE_RIGHT(COS_HW_LOG) | ROLE_RIGHT(COS_HW_HALT),					\
	     ROLE_IMAGE)									\
	ROLE(FRAMEBUFFER, "framebuffer", 0, 0, ROLE_FRAMEBUFFER)
/* clang-format on */

#define ROLE_MEMBER(role, name, traits, rights, gifts) COMPONENT_##role,
enum component_role { COMPONENT_PLAIN, COMPONENT_ROLES(ROLE_MEMBER) COMPONENT_NROLES };
#undef ROLE_MEMBER
/* A role that no name gives: a component has it that exports the interface posix. */
#define COMPONENT_POSIX COMPONENT_NROLES

#endif
