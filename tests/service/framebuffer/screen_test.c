/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text drawn into memory in several pixel formats, with the font that is baked in; and damaged
 * fonts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "service/framebuffer/screen.h"

#define FONT "build/framebuffer/font.psf"
#define COLUMNS 10
#define ROWS 3
#define PITCH 512
#define HEIGHT (ROWS * 16 + 5)

static uint8_t *psf;
static size_t psf_len;
static struct font font;
static struct screen screen;
static uint8_t *pixels;

void *cos_malloc(size_t size)
{
	return malloc(size);
}

void cos_free(void *p)
{
	free(p);
}

static struct cos_framebuffer format(unsigned bits)
{
	return (struct cos_framebuffer){.paddr = 4096,
					.pitch_bytes = PITCH,
					.width = COLUMNS * 8 + 3,
					.height = HEIGHT,
					.bits = (uint8_t)bits,
					.type = COS_FRAMEBUFFER_RGB,
					.red = {16, 8},
					.green = {8, 8},
					.blue = {0, 8}};
}

static int setup(void **state)
{
	FILE *f = fopen(FONT, "rb");

	(void)state;
	assert_non_null(f);
	psf = malloc(1 << 20);
	psf_len = fread(psf, 1, 1 << 20, f);
	fclose(f);
	void *exact = realloc(psf, psf_len);

	assert_non_null(exact);
	psf = exact;
	assert_true(font_open(&font, psf, psf_len));
	assert_int_equal(font.width, 8);
	assert_int_equal(font.height, 16);
	pixels = malloc(PITCH * HEIGHT);
	memset(pixels, 0x5c, PITCH * HEIGHT);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(psf);
	free(pixels);
	free(screen.text);
	free(screen.shown);
	memset(&screen, 0, sizeof(screen));
	return 0;
}

static void screen_make(const struct cos_framebuffer *f)
{
	assert_int_equal(screen_open(&screen, f, pixels, &font), 0);
	assert_int_equal(screen.columns, COLUMNS);
	assert_int_equal(screen.rows, ROWS);
}

static uint32_t pixel_at(unsigned x, unsigned y, unsigned bytes)
{
	uint32_t value = 0;

	memcpy(&value, pixels + y * PITCH + x * bytes, bytes);
	return value;
}

/* All pixels, against the lines that should be seen; what is beyond the width was never touched. */
static void expect_lines(const char *const lines[ROWS], unsigned bytes, uint32_t light)
{
	screen_show(&screen);
	for (unsigned y = 0; y < HEIGHT; y++) {
		for (unsigned x = 0; x < COLUMNS * 8 + 3; x++) {
			unsigned row = y / 16, column = x / 8;
			bool on = false;

			if (row < ROWS && column < COLUMNS && column < strlen(lines[row])) {
				const uint8_t *glyph = psf + 4 + 16 * (uint8_t)lines[row][column];

				on = glyph[y % 16] >> (7 - x % 8) & 1;
			}
			assert_int_equal(pixel_at(x, y, bytes), on ? light : 0);
		}
		assert_int_equal(pixels[y * PITCH + (COLUMNS * 8 + 3) * bytes], 0x5c);
	}
}

static void put(const char *text)
{
	screen_put(&screen, text, strlen(text));
}

static void draws(void **state)
{
	const struct cos_framebuffer f = format(32);

	(void)state;
	screen_make(&f);
	expect_lines((const char *const[]){"", "", ""}, 4, 0xaaaaaa);
	put("Hi\nagain");
	expect_lines((const char *const[]){"Hi", "again", ""}, 4, 0xaaaaaa);
	put("\rA\tz\n\x01");
	expect_lines((const char *const[]){"Hi", "A       z", "?"}, 4, 0xaaaaaa);
}

static void wraps_and_scrolls(void **state)
{
	const struct cos_framebuffer f = format(32);

	(void)state;
	screen_make(&f);
	/* A line as long as the screen is wide takes one row. */
	put("0123456789\nb\nc");
	expect_lines((const char *const[]){"0123456789", "b", "c"}, 4, 0xaaaaaa);
	put("\n");
	expect_lines((const char *const[]){"b", "c", ""}, 4, 0xaaaaaa);
	put("0123456789abc");
	expect_lines((const char *const[]){"c", "0123456789", "abc"}, 4, 0xaaaaaa);
	put("\n\n\n\n");
	expect_lines((const char *const[]){"", "", ""}, 4, 0xaaaaaa);
}

static void formats(void **state)
{
	struct cos_framebuffer f = format(24);

	(void)state;
	screen_make(&f);
	put("24");
	expect_lines((const char *const[]){"24", "", ""}, 3, 0xaaaaaa);
	free(screen.text);
	free(screen.shown);
	memset(pixels, 0x5c, PITCH * HEIGHT);
	f = format(16);
	f.red.shift = 11;
	f.green.shift = 5;
	f.red.bits = f.blue.bits = 5;
	f.green.bits = 6;
	screen_make(&f);
	put("16");
	expect_lines((const char *const[]){"16", "", ""}, 2, 21 << 11 | 42 << 5 | 21);
}

static void refuses_formats(void **state)
{
	struct cos_framebuffer f;

	(void)state;
#define REFUSED(change)                                                                 \
	do {                                                                            \
		f = format(32);                                                         \
		change;                                                                 \
		assert_int_equal(screen_open(&screen, &f, pixels, &font), -COS_EINVAL); \
	} while (0)
	REFUSED(f.type = 2); /* a PC's text */
	REFUSED(f.type = 0); /* a palette */
	REFUSED(f.bits = 8);
	REFUSED(f.bits = 64);
	REFUSED(f.width = 7);
	REFUSED(f.height = 15);
	REFUSED(f.pitch_bytes = f.width * 4 - 1);
	REFUSED(f.red.bits = 0);
	REFUSED(f.green.bits = 10);
	REFUSED(f.blue.shift = 32);
	assert_int_equal(pixels[0], 0x5c);
}

/* Cut anywhere, any byte of the header another: never a glyph outside (the sanitizer watches). */
static void refuses_fonts(void **state)
{
	static const uint8_t psf2[32] = {0x72, 0xb5, 0x4a, 0x86, 0, 0,	 0,  0, 32, 0,	0,
					 0,    0,    0,	   0,	 0, 128, 0,  0, 0,  32, 0,
					 0,    0,    16,   0,	 0, 0,	 12, 0, 0,  0};
	size_t len = sizeof(psf2) + 128 * 32;
	uint8_t *copy = calloc(1, len);
	struct font f;

	(void)state;
	for (size_t cut = 0; cut < 4 + 256 * 16; cut++)
		assert_false(font_open(&f, psf, cut));
	memcpy(copy, psf2, sizeof(psf2));
	assert_true(font_open(&f, copy, len));
	assert_int_equal(f.width, 12);
	assert_int_equal(f.row_bytes, 2);
	assert_false(font_open(&f, copy, len - 1));
	for (unsigned at = 0; at < sizeof(psf2); at++)
		for (unsigned value = 0; value < 256; value++) {
			memcpy(copy, psf2, sizeof(psf2));
			copy[at] = (uint8_t)value;
			if (font_open(&f, copy, len))
				for (int c = -128; c < 128; c++)
					(void)font_pixel(&f, font_glyph(&f, (char)c), f.width - 1,
							 f.height - 1);
		}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(draws, setup, teardown),
		cmocka_unit_test_setup_teardown(wraps_and_scrolls, setup, teardown),
		cmocka_unit_test_setup_teardown(formats, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_formats, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_fonts, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
