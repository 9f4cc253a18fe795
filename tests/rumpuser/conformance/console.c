/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of the console. The conversions are those that NetBSD's kernel prints with: C's for
 * integers, characters, strings and pointers, with flags, width, precision and lengths. No floating
 * point.
 */
#include "conf.h"

#pragma GCC diagnostic ignored "-Wformat"

#define LONG_LINE 1500

static char text[4096];
static size_t text_len;

static bool capture(void (*fn)(void))
{
	if (conf_host->console == NULL)
		return false;
	text_len = conf_host->console(fn, text, sizeof(text) - 1);
	text[text_len] = '\0';
	return true;
}
#define CAPTURE(fn)                                                 \
	do {                                                        \
		if (!capture(fn))                                   \
			SKIP("the harness cannot see the console"); \
	} while (0)
#define SAYS(expected) CHECK(strcmp(text, expected) == 0)

static void prints_characters(void)
{
	for (const char *s = "one line\nand a half"; *s != '\0'; s++)
		rumpuser_putchar(*s);
	rumpuser_putchar('\n');
}

static const char *characters(void)
{
	CAPTURE(prints_characters);
	SAYS("one line\nand a half\n");
	return NULL;
}

static void prints_many(void)
{
	for (unsigned i = 0; i < LONG_LINE; i++)
		rumpuser_putchar('a' + (int)(i % 26));
	rumpuser_putchar('\n');
}

static const char *many_characters(void)
{
	CAPTURE(prints_many);
	CHECK(text_len == LONG_LINE + 1 && text[LONG_LINE] == '\n');
	for (unsigned i = 0; i < LONG_LINE; i++)
		CHECK(text[i] == (char)('a' + i % 26));
	return NULL;
}

static void prints_integers(void)
{
	rumpuser_dprintf("%d %d %i %u %x %X %o\n", 0, -2147483647 - 1, 42, 4294967295u, 0xbeefu,
			 0xBEEFu, 0777u);
}

static const char *integers(void)
{
	CAPTURE(prints_integers);
	SAYS("0 -2147483648 42 4294967295 beef BEEF 777\n");
	return NULL;
}

static void prints_lengths(void)
{
	rumpuser_dprintf("%hhd %hhu %hd %hu %ld %lu %lx %lld %llu %llx\n", 300, 511, 70000, 70000,
			 INT64_MIN, UINT64_MAX, 0xfedcba9876543210ul, -1ll, 1ull << 63, 1ull << 40);
	rumpuser_dprintf("%zu %zd %zx %jd %ju %jx %td\n", SIZE_MAX, (size_t)5, (size_t)255,
			 INT64_MIN, UINT64_MAX, UINT64_MAX, (ptrdiff_t)-3);
}

static const char *lengths(void)
{
	CAPTURE(prints_lengths);
	SAYS("44 255 4464 4464 -9223372036854775808 18446744073709551615 fedcba9876543210 "
	     "-1 9223372036854775808 10000000000\n"
	     "18446744073709551615 5 ff -9223372036854775808 18446744073709551615 "
	     "ffffffffffffffff -3\n");
	return NULL;
}

static void prints_flags(void)
{
	rumpuser_dprintf("[%5d] [%-5d] [%05d] [%+d] [% d] [%#x] [%#o] [%08lx]\n", 42, 42, -42, 42,
			 42, 255u, 8u, 0xabcdul);
	rumpuser_dprintf("[%.5d] [%8.3d] [%-8.3d] [%*d] [%-*d] [%.*d] [%.0d] [%#06x]\n", 42, 7, 7,
			 4, 9, 4, 9, 3, 9, 0, 0x1fu);
}

static const char *flags(void)
{
	CAPTURE(prints_flags);
	SAYS("[   42] [42   ] [-0042] [+42] [ 42] [0xff] [010] [0000abcd]\n"
	     "[00042] [     007] [007     ] [   9] [9   ] [009] [] [0x001f]\n");
	return NULL;
}

static void prints_strings(void)
{
	static const char unended[3] = {'a', 'b', 'c'};

	rumpuser_dprintf("%s|%10s|%-10s|%.2s|%.3s|%.*s|%c%c|%3c|%s|100%%\n", "netbsd", "right",
			 "left", "cut", unended, 4, "precise", 'o', 'k', 'x', "");
}

static const char *strings(void)
{
	CAPTURE(prints_strings);
	SAYS("netbsd|     right|left      |cu|abc|prec|ok|  x||100%\n");
	return NULL;
}

static void prints_pointers(void)
{
	rumpuser_dprintf("%p %p\n", (void *)0x1234abcdul, (void *)0xffffffff80000000ul);
}

static const char *pointers(void)
{
	CAPTURE(prints_pointers);
	SAYS("0x1234abcd 0xffffffff80000000\n");
	return NULL;
}

static void prints_no_string(void)
{
	const char *volatile none = NULL;

	rumpuser_dprintf("<%s>\n", none);
}

static const char *no_string(void)
{
	CAPTURE(prints_no_string);
	SAYS("<(null)>\n");
	return NULL;
}

static void prints_long(void)
{
	static char line[LONG_LINE + 1];

	memset(line, 'z', LONG_LINE);
	rumpuser_dprintf("%s!\n", line);
	rumpuser_dprintf("%1200d\n", 1);
}

static const char *long_lines(void)
{
	CAPTURE(prints_long);
	CHECK(text_len == LONG_LINE + 2 + 1201);
	CHECK(conf_filled(text, 'z', LONG_LINE) && text[LONG_LINE] == '!');
	CHECK(conf_filled(text + LONG_LINE + 2, ' ', 1199));
	CHECK(strcmp(text + LONG_LINE + 2 + 1199, "1\n") == 0);
	return NULL;
}

static void prints_as_kernel(void)
{
	rumpuser_dprintf("%s / %s: %lu\n", "counter", "one", 12345678901ul);
	rumpuser_dprintf("pagedaemoness: failed to reclaim memory ... sleeping (deadlock?)\n");
	rumpuser_dprintf("%s:%d: %02x%02x%02x %5.5s 0x%08x\n", "vnode", -1, 1, 0xab, 255,
			 "truncate", 0x30u);
}

static const char *as_kernel(void)
{
	CAPTURE(prints_as_kernel);
	SAYS("counter / one: 12345678901\n"
	     "pagedaemoness: failed to reclaim memory ... sleeping (deadlock?)\n"
	     "vnode:-1: 01abff trunc 0x00000030\n");
	return NULL;
}

static void prints_both(void)
{
	rumpuser_dprintf("first\n");
	for (const char *s = "second\n"; *s != '\0'; s++)
		rumpuser_putchar(*s);
	rumpuser_dprintf("third\n");
	rumpuser_putchar('a');
	rumpuser_dprintf("b");
	rumpuser_putchar('c');
	rumpuser_putchar('\n');
}

static const char *in_order(void)
{
	CAPTURE(prints_both);
	SAYS("first\nsecond\nthird\nabc\n");
	return NULL;
}

static void prints_quietly(void)
{
	struct lwp *l = rumpuser_curlwp();
	int leaves = l->leaves;

	for (unsigned i = 0; i < 20; i++) {
		rumpuser_dprintf("%u\n", i);
		rumpuser_putchar('\n');
	}
	EXPECT(l->leaves == leaves && l->scheduled);
}

static const char *no_scheduling(void)
{
	CAPTURE(prints_quietly);
	return NULL;
}

static const struct conf_check checks[] = {
	{"putchar puts characters, in order (Console output)", characters},
	{"putchar takes a line of any length (Console output)", many_characters},
	{"dprintf: %d %i %u %x %X %o (Console output)", integers},
	{"dprintf: lengths hh h l ll z j t (Console output)", lengths},
	{"dprintf: flags, width and precision, given or as arguments (Console output)", flags},
	{"dprintf: %s with width and precision, %c, %% (Console output)", strings},
	{"dprintf: %p (Console output)", pointers},
	{"dprintf: %s of NULL is no end (Console output)", no_string},
	{"dprintf: lines of 1500 characters come whole (Console output)", long_lines},
	{"dprintf: a kernel's text comes unchanged (Console output)", as_kernel},
	{"putchar and dprintf keep their order, in a line too (Console output)", in_order},
	{"neither causes scheduling in the rump kernel (Console output)", no_scheduling},
};
const struct conf_section conf_console = SECTION("console", checks);
