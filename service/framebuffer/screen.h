/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text on a framebuffer, which scrolls. The text is kept as characters; screen_show draws those
 * that have changed since, and never reads the framebuffer: both save time, since device memory is
 * slow.
 *
 * Supported: RGB pixels of 15 to 32 bits, channels of up to 8 bits; ASCII; tabs.
 * Not supported: text modes and palettes, colours, a cursor, other characters (drawn as '?').
 */
#ifndef SERVICE_FRAMEBUFFER_SCREEN_H
#define SERVICE_FRAMEBUFFER_SCREEN_H

#include <cos/abi.h>
#include "font.h"

struct screen {
	struct cos_framebuffer format;
	uint8_t *pixels;
	struct font font;
	uint32_t columns, rows;
	uint32_t column, row; /* of the next character; column may be one after the last */
	char *text, *shown;   /* columns * rows each */
};

/*
 * Use the framebuffer that is mapped at pixels, and make it black. COS_EINVAL: the format is not
 * supported, or not one character fits; COS_ENOMEM.
 */
long screen_open(struct screen *screen, const struct cos_framebuffer *format, void *pixels,
		 const struct font *font);
void screen_put(struct screen *screen, const char *text, size_t len);
void screen_show(struct screen *screen);

#endif
