/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * framebuffer: shows the system's log, from its first line on, on the screen that the boot loader
 * set up and boot has mapped (boot/boot.h). One thread sleeps in console until there is text.
 */
#include <console/log.h>
#include <mem/mem.h>
#include <sched/sched.h>
#include <boot/boot.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/thread.h>

#include "screen.h"

#define PIECE 4096

extern const uint8_t framebuffer_font[], framebuffer_font_end[]; /* psf.S */
long component_init(void);

static struct screen screen;
static char *piece; /* shared with console */

/* Show all text from position on. The position after it, or negative COS_E*. */
static long show_from(unsigned long position)
{
	struct cos_pair r;

	while ((r = console_log_read(piece, PIECE, position)).v0 > 0) {
		if ((unsigned long)r.v1 > position) {
			char lost[64];
			int len = cos_snprintf(lost, sizeof(lost), "\n[%lu characters lost]\n",
					       (unsigned long)r.v1 - position);

			screen_put(&screen, lost, (size_t)len);
		}
		screen_put(&screen, piece, (size_t)r.v0);
		position = (unsigned long)(r.v1 + r.v0);
	}
	screen_show(&screen);
	return r.v0 < 0 ? r.v0 : (long)position;
}

static void screen_thread(void *arg)
{
	long position = 0, error;

	(void)arg;
	do {
		position = show_from((unsigned long)position);
		error = position < 0 ? position : console_log_wait((unsigned long)position);
	} while (error == 0);
	cos_log("framebuffer: the log cannot be read any more (error %ld): the screen stays as it "
		"is\n",
		error);
}

long component_init(void)
{
	const struct cos_framebuffer *format = &cos_bootinfo()->framebuffer;
	struct font font;
	long error;

	if (format->paddr == 0) {
		cos_log("framebuffer: the boot loader gave none: boot by GRUB (r2c build --iso) "
			"with a screen\n");
		return -COS_ENODEV;
	}
	if (!font_open(&font, framebuffer_font, (size_t)(framebuffer_font_end - framebuffer_font)))
		cos_panic("framebuffer: the font is damaged");
	error = screen_open(&screen, format,
			    (uint8_t *)BOOT_FRAMEBUFFER_VA + format->paddr % COS_PAGE_SIZE, &font);
	if (error == -COS_EINVAL)
		cos_log("framebuffer: %ux%u, %u bits a pixel, type %u: expected RGB of 15 to 32 "
			"bits\n",
			format->width, format->height, format->bits, format->type);
	if (error)
		return error;
	error = mem_shm_create(PIECE);
	if (error < 0)
		return error;
	piece = (char *)error;
	cos_log("framebuffer: %ux%u, %u lines of %u characters\n", format->width, format->height,
		screen.rows, screen.columns);
	error = cos_thread_create(screen_thread, NULL, SCHED_PRIO_SERVICE);
	return error < 0 ? error : 0;
}
