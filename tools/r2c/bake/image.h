/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a composition to a bootable file. What depends on the objects alone is kept under
 * build/system/NAME and made again only when they change; the payload and the file itself are
 * written each time.
 */
#ifndef R2C_BAKE_IMAGE_H
#define R2C_BAKE_IMAGE_H

#include "payload.h"

/*
 * Bake sys into the executable `output`, for qemu -kernel and for multiboot2 loaders, with the
 * kernel or, if trace_cores is not 0, the one that traces so many. Several r2c at once are fine. False: reported.
 */
bool image_bake(struct sys *sys, const char *output, long trace_cores);
/* A bootable ISO 9660 image, by GRUB, of an executable that image_bake made. False: reported. */
bool image_iso(const char *executable, const char *output);
/* The payload of an executable; contents is what payload points into. False: reported. */
bool image_read(struct payload *payload, struct buffer *contents, const char *executable);

#endif
