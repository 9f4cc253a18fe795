/* SPDX-License-Identifier: BSD-2-Clause */
/* Text on a framebuffer (screen.h). */
#include <cos/alloc.h>
#include <cos/string.h>
#include "screen.h"

#define TAB 8
#define LIGHT 0xaa /* of 255, as a PC's text */

static uint32_t pixel_bytes(const struct cos_framebuffer *format)
{
	return (format->bits + 7u) / 8;
}

static uint32_t channel(unsigned shift, unsigned bits)
{
	return (uint32_t)LIGHT >> (8 - bits) << shift;
}

static bool format_ok(const struct cos_framebuffer *f)
{
	return f->type == COS_FRAMEBUFFER_RGB && f->bits >= 15 && f->bits <= 32 &&
	       f->red.bits >= 1 && f->red.bits <= 8 && f->green.bits >= 1 && f->green.bits <= 8 &&
	       f->blue.bits >= 1 && f->blue.bits <= 8 && f->red.shift < 32 && f->green.shift < 32 &&
	       f->blue.shift < 32 && (uint64_t)f->width * pixel_bytes(f) <= f->pitch_bytes;
}

long screen_open(struct screen *screen, const struct cos_framebuffer *format, void *pixels,
		 const struct font *font)
{
	size_t size;

	*screen = (struct screen){.format = *format,
				  .pixels = pixels,
				  .font = *font,
				  .columns = format->width / font->width,
				  .rows = format->height / font->height};
	if (!format_ok(format) || screen->columns == 0 || screen->rows == 0)
		return -COS_EINVAL;
	size = (size_t)screen->columns * screen->rows;
	screen->text = cos_malloc(size);
	screen->shown = cos_malloc(size);
	if (!screen->text || !screen->shown) {
		cos_free(screen->text);
		cos_free(screen->shown);
		return -COS_ENOMEM;
	}
	memset(screen->text, ' ', size);
	memset(screen->shown, ' ', size);
	for (uint32_t y = 0; y < format->height; y++)
		memset(screen->pixels + (size_t)y * format->pitch_bytes, 0,
		       (size_t)format->width * pixel_bytes(format));
	return 0;
}

static void line_next(struct screen *s)
{
	size_t kept = (size_t)s->columns * (s->rows - 1);

	s->column = 0;
	if (++s->row < s->rows)
		return;
	s->row = s->rows - 1;
	memmove(s->text, s->text + s->columns, kept);
	memset(s->text + kept, ' ', s->columns);
}

static void character_put(struct screen *s, char c)
{
	if (s->column == s->columns)
		line_next(s);
	s->text[(size_t)s->row * s->columns + s->column++] = c;
}

void screen_put(struct screen *s, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			line_next(s);
		else if (text[i] == '\r')
			s->column = 0;
		else if (text[i] != '\t')
			character_put(s, text[i]);
		else
			do
				character_put(s, ' ');
			while (s->column % TAB != 0 && s->column < s->columns);
	}
}

static void pixel_put(uint8_t *to, uint32_t value, uint32_t bytes)
{
	if (bytes == 4)
		*(volatile uint32_t *)to = value;
	else
		for (uint32_t i = 0; i < bytes; i++)
			*(volatile uint8_t *)(to + i) = (uint8_t)(value >> 8 * i);
}

static void cell_draw(const struct screen *s, uint32_t column, uint32_t row, char c)
{
	const struct cos_framebuffer *f = &s->format;
	uint32_t bytes = pixel_bytes(f);
	uint32_t light = channel(f->red.shift, f->red.bits) |
			 channel(f->green.shift, f->green.bits) |
			 channel(f->blue.shift, f->blue.bits);
	const uint8_t *glyph = font_glyph(&s->font, c);

	for (uint32_t y = 0; y < s->font.height; y++) {
		uint8_t *to = s->pixels + (size_t)(row * s->font.height + y) * f->pitch_bytes +
			      (size_t)column * s->font.width * bytes;

		for (uint32_t x = 0; x < s->font.width; x++, to += bytes)
			pixel_put(to, font_pixel(&s->font, glyph, x, y) ? light : 0, bytes);
	}
}

void screen_show(struct screen *s)
{
	for (uint32_t row = 0; row < s->rows; row++)
		for (uint32_t column = 0; column < s->columns; column++) {
			size_t at = (size_t)row * s->columns + column;

			if (s->text[at] == s->shown[at])
				continue;
			s->shown[at] = s->text[at];
			cell_draw(s, column, row, s->text[at]);
		}
}
