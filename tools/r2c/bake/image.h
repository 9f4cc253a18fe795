/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a composition to a bootable file. What depends on the objects alone is kept under
 * build/system/NAME, and made again only when the objects change. The payload and the bootable file
 * are written each time.
 */
#ifndef R2C_BAKE_IMAGE_H
#define R2C_BAKE_IMAGE_H

#include "payload.h"

/*
 * Bake sys into the executable `output`, for qemu -kernel and for multiboot2 loaders, with the
 * kernel or, if trace_cores is not 0, the kernel that traces, for so many cores. Several r2c may do
 * this at once. False: reported.
 */
bool image_bake(struct sys *sys, const char *output, long trace_cores);
/* A bootable ISO 9660 image, by GRUB, of an executable that image_bake made. False: reported. */
bool image_iso(const char *executable, const char *output);
/* The payload of an executable; contents is what payload points into. False: reported. */
bool image_read(struct payload *payload, struct buffer *contents, const char *executable);

#endif
