/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A font of the Linux console, PSF 1 or 2 (kbd, font-formats): glyphs of one size, one bit a pixel.
 */
#ifndef SERVICE_FRAMEBUFFER_FONT_H
#define SERVICE_FRAMEBUFFER_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct font {
	const uint8_t *glyphs;
	uint32_t count, glyph_bytes;
	uint32_t width, height; /* pixels */
	uint32_t row_bytes;
};

/* False: it is no font, or cut off. */
bool font_open(struct font *font, const uint8_t *psf, size_t len_bytes);
/* The glyph of an ASCII character, whose number it has in Latin fonts; else that of '?'. */
const uint8_t *font_glyph(const struct font *font, char c);
/* The leftmost pixel is the highest bit. */
static inline bool font_pixel(const struct font *font, const uint8_t *glyph, uint32_t x, uint32_t y)
{
	return glyph[y * font->row_bytes + x / 8] & 0x80 >> x % 8;
}

#endif
