/* SPDX-License-Identifier: BSD-2-Clause */
/* PSF fonts (font.h). The file is input: each length is checked. */
#include <cos/bytes.h>
#include "font.h"

#define PSF1_MAGIC 0x0436
#define PSF1_HEADER 4
#define PSF1_MODE 2
#define PSF1_HEIGHT 3
#define PSF1_MODE_512 1
#define PSF1_WIDTH 8

#define PSF2_MAGIC 0x864ab572
#define PSF2_HEADER 32
#define PSF2_HEADER_BYTES 8
#define PSF2_COUNT 16
#define PSF2_GLYPH_BYTES 20
#define PSF2_HEIGHT 24
#define PSF2_WIDTH 28

#define SIZE_MAX_PIXELS 64 /* a larger glyph means a damaged font */
#define ASCII_FIRST 0x20
#define ASCII_END 0x7f

bool font_open(struct font *font, const uint8_t *psf, size_t len_bytes)
{
	size_t header = PSF1_HEADER;

	if (len_bytes < PSF1_HEADER)
		return false;
	if (cos_le16(psf) == PSF1_MAGIC) {
		font->count = psf[PSF1_MODE] & PSF1_MODE_512 ? 512 : 256;
		font->width = PSF1_WIDTH;
		font->height = font->glyph_bytes = psf[PSF1_HEIGHT];
	} else if (len_bytes >= PSF2_HEADER && cos_le32(psf) == PSF2_MAGIC) {
		header = cos_le32(psf + PSF2_HEADER_BYTES);
		font->count = cos_le32(psf + PSF2_COUNT);
		font->width = cos_le32(psf + PSF2_WIDTH);
		font->height = cos_le32(psf + PSF2_HEIGHT);
		font->glyph_bytes = cos_le32(psf + PSF2_GLYPH_BYTES);
	} else {
		return false;
	}
	font->row_bytes = (font->width + 7) / 8;
	font->glyphs = psf + header;
	return font->width > 0 && font->width <= SIZE_MAX_PIXELS && font->height > 0 &&
	       font->height <= SIZE_MAX_PIXELS && font->count >= ASCII_END &&
	       font->glyph_bytes == font->height * font->row_bytes && header <= len_bytes &&
	       font->count <= (len_bytes - header) / font->glyph_bytes;
}

const uint8_t *font_glyph(const struct font *font, char c)
{
	uint32_t n = c >= ASCII_FIRST && c < ASCII_END ? (uint32_t)c : '?';

	return font->glyphs + (size_t)n * font->glyph_bytes;
}
