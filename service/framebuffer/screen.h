/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text on a framebuffer, scrolled. What is to be seen is kept as characters, and drawn by
 * screen_show: only what has changed since, and the framebuffer is never read, since both are slow.
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
	uint32_t column,
		row; /* where the next character goes; the column may be the one after the last */
	char *text, *shown; /* columns * rows each */
};

/*
 * pixels: where the framebuffer is mapped. 0, and all of it is black; -COS_EINVAL: pixels of that
 * format cannot be drawn, or not one character fits; -COS_ENOMEM.
 */
long screen_open(struct screen *screen, const struct cos_framebuffer *format, void *pixels,
		 const struct font *font);
void screen_put(struct screen *screen, const char *text, size_t len);
void screen_show(struct screen *screen);

#endif
