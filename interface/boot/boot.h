/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot builds the system from the image and is idle afterwards. No component imports it. This is
 * what it leaves behind in the domains that it builds.
 * Audience: mem, dev, console, reboot, framebuffer.
 *
 * Everywhere: cos_bootinfo at COS_BOOTINFO_VA, and after it the directory of the domain's blobs
 * (cos/blob.h). Beside that, by role (boot/roles.h):
 *	hardware rights		COS_CAP_HW with these operations
 *	ROLE_CAPTBL		COS_CAP_CAPTBL
 *	ROLE_IMAGE		the payload (cos/image.h) at COS_IMAGE_VA, read-only, with the same
 *				offsets. Mapped are the tables, the strings and the blobs that are
 *				symbols, not the other contents.
 *	ROLE_FRAMEBUFFER	the screen that the boot loader set up, at BOOT_FRAMEBUFFER_VA + the
 *				offset of its address in a page
 *	mem			struct boot_handover (boot/handover.h)
 */
#ifndef INTERFACE_BOOT_H
#define INTERFACE_BOOT_H

#define COS_IMAGE_VA 0x400000000 /* 16 GiB */

#define BOOT_FRAMEBUFFER_VA 0x200000000 /* 8 GiB */

#endif
