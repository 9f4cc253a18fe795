/* SPDX-License-Identifier: BSD-2-Clause */
/* cos_vsnprintf against the host's: same text, same length, for all that it has. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <cos/log.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat"

static void compare(const char *format, ...)
{
	for (size_t size = 0; size <= 100; size += size < 8 ? 1 : 92) {
		char ours[128], theirs[128];
		int our_len, their_len;
		va_list args;

		memset(ours, '#', sizeof(ours));
		memset(theirs, '#', sizeof(theirs));
		va_start(args, format);
		our_len = cos_vsnprintf(ours, size, format, args);
		va_end(args);
		va_start(args, format);
		their_len = vsnprintf(theirs, size, format, args);
		va_end(args);
		assert_int_equal(our_len, their_len);
		assert_memory_equal(ours, theirs, sizeof(ours));
	}
}

static void test_integers(void **state)
{
	static const char *const flags[] = {"", "-", "+", " ", "0", "#", "-+", "0+", "#0", "-#"};
	static const char *const widths[] = {"", "1", "7", "12", ".0", ".5", "9.4", ".12"};
	static const long values[] = {0, 1, -1, 9, 10, 255, -256, 12345, INT_MAX, INT_MIN};
	static const char letters[] = "diuoxX";
	char format[32];

	(void)state;
	for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]); f++)
		for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++)
			for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++)
				for (const char *letter = letters; *letter != 0; letter++) {
					snprintf(format, sizeof(format), "<%%%s%s%c>", flags[f],
						 widths[w], *letter);
					compare(format, (int)values[v]);
					snprintf(format, sizeof(format), "<%%%s%sl%c>", flags[f],
						 widths[w], *letter);
					compare(format, values[v] * 1000003);
				}
}

static void test_lengths(void **state)
{
	(void)state;
	compare("%hhd %hhu %hhx", 300, 300, 0x1ff);
	compare("%hd %hu", 70000, 70000);
	compare("%lld %llu", LLONG_MIN, ULLONG_MAX);
	compare("%zu %zd %td %ju", SIZE_MAX, (ssize_t)-5, (ptrdiff_t)-6, UINTMAX_MAX);
	compare("%ld", LONG_MIN);
	compare("%qd %qu %#qx", LLONG_MIN, ULLONG_MAX, 0xabcdefull);
	compare("%jd %zx %tx", INTMAX_MIN, (size_t)0xfedcba98, (ptrdiff_t)-1);
	compare("%hhi %hi %hho %hx", -1, -1, -1, -1);
}

static void test_text(void **state)
{
	(void)state;
	compare("plain");
	compare("");
	compare("100%%");
	compare("%s|%10s|%-10s|%.2s|%8.3s|", "abc", "abc", "abc", "abc", "abc");
	compare("%c%5c%-5c|", 'x', 'y', 'z');
	compare("%*d|%-*d|%.*s|%*d", 6, 42, 6, 42, 2, "abcdef", -6, 7);
	compare("%p", (void *)0xdeadbeef);
	compare("%20p|%-20p|", (void *)0xdeadbeef, (void *)0x1);
	compare("%.*d|%.*d|%-*.*x|", 5, 42, -5, 42, 9, 4, 0xab);
	compare("%.*s|%.s|%-7.3s|", -1, "whole", "nothing", "abcdef");
	compare("%+.3d|% 5d|%+-6d|%#08x|%-#8o|", 7, 7, 7, 0x7f, 7);
	compare("%c|", 0);
	compare("%02x:%02x", 0x5, 0xff);
	compare("%s", "a text that is longer than the smaller ones of the buffers, by some");
}

/* Not terminated within the precision: must not be read beyond (the sanitizer sees). */
static void test_bounded(void **state)
{
	char three[3] = {'a', 'b', 'c'}, buf[8], *volatile nothing = NULL;

	(void)state;
	assert_int_equal(cos_snprintf(buf, sizeof(buf), "%.3s", three), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(cos_snprintf(buf, sizeof(buf), "%s", nothing), 6);
	assert_string_equal(buf, "(null)");
	assert_int_equal(cos_snprintf(NULL, 0, "%d", 12345), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
