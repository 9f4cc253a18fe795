/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The string functions (named t_... here) against the host's, at each small length and alignment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void *t_memcpy(void *dst, const void *src, size_t len);
void *t_memmove(void *dst, const void *src, size_t len);
void *t_memset(void *dst, int byte, size_t len);
int t_memcmp(const void *a, const void *b, size_t len);
void *t_memchr(const void *s, int byte, size_t len);
size_t t_strlen(const char *s);
size_t t_strnlen(const char *s, size_t max);
int t_strcmp(const char *a, const char *b);
int t_strncmp(const char *a, const char *b, size_t max);
char *t_strchr(const char *s, int c);
char *t_strrchr(const char *s, int c);
char *t_strstr(const char *s, const char *what);
char *t_strncpy(char *dst, const char *src, size_t max);
size_t t_strlcpy(char *dst, const char *src, size_t size);

#define SIZE 1024
static uint8_t ours[SIZE], theirs[SIZE], source[SIZE];

static void fill(void)
{
	for (int i = 0; i < SIZE; i++)
		ours[i] = theirs[i] = (uint8_t)(source[i] = (uint8_t)random()) ^ 0x5a;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void test_memory(void **state)
{
	(void)state;
	srandom(5);
	for (size_t len = 0; len < 300; len++)
		for (size_t at = 0; at < 9; at++)
			for (size_t from = 0; from < 9; from += 2) {
				fill();
				assert_ptr_equal(t_memcpy(ours + at, source + from, len),
						 ours + at);
				memcpy(theirs + at, source + from, len);
				assert_memory_equal(ours, theirs, SIZE);
				assert_ptr_equal(t_memset(ours + at, 0x1a7, len), ours + at);
				/* Only the low byte of the value counts. */
				/* NOLINTNEXTLINE(bugprone-suspicious-memset-usage) */
				memset(theirs + at, 0x1a7, len);
				assert_memory_equal(ours, theirs, SIZE);
			}
}

static void test_overlap(void **state)
{
	(void)state;
	for (size_t len = 0; len < 300; len++)
		for (int shift = -20; shift <= 20; shift++) {
			fill();
			assert_ptr_equal(t_memmove(ours + 100 + shift, ours + 100, len),
					 ours + 100 + shift);
			memmove(theirs + 100 + shift, theirs + 100, len);
			assert_memory_equal(ours, theirs, SIZE);
		}
}

static void test_compare(void **state)
{
	(void)state;
	for (size_t len = 0; len < 100; len++)
		for (size_t at = 0; at <= len; at++) {
			fill();
			memcpy(ours, theirs, SIZE);
			assert_int_equal(t_memcmp(ours, theirs, len), 0);
			ours[at] ^= (uint8_t)(1 + random() % 255);
			assert_int_equal(sign(t_memcmp(ours, theirs, len)),
					 sign(memcmp(ours, theirs, len)));
			assert_ptr_equal(t_memchr(ours, theirs[at], len),
					 memchr(ours, theirs[at], len));
		}
}

static void test_strings(void **state)
{
	static const char *const s[] = {"",	 "a",	   "b",	   "ab",   "abc",  "abd",
					"aab",	 "aaab",   "abab", "\xff", "/a/b", "a/b/c/",
					"hello", "helloo", "help", "lo",   "el",   "zzz"};
	const size_t n = sizeof(s) / sizeof(s[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(t_strlen(s[i]), strlen(s[i]));
		for (size_t c = 0; c < sizeof("a/lo\xff"); c++) { /* NUL as well */
			char wanted = "a/lo\xff"[c];

			assert_ptr_equal(t_strchr(s[i], wanted), strchr(s[i], wanted));
			assert_ptr_equal(t_strrchr(s[i], wanted), strrchr(s[i], wanted));
		}
		for (size_t max = 0; max < 8; max++) {
			char a[8], b[8];

			memset(a, '#', sizeof(a));
			memset(b, '#', sizeof(b));
			assert_int_equal(t_strnlen(s[i], max), strnlen(s[i], max));
			t_strncpy(a, s[i], max);
			for (size_t at = 0, ended = 0; at < max; at++) {
				b[at] = ended ? 0 : s[i][at];
				ended |= b[at] == 0;
			}
			assert_memory_equal(a, b, sizeof(a));
			assert_int_equal(t_strlcpy(a, s[i], max), strlen(s[i]));
			if (max > 0)
				assert_true(strlen(a) < max && strncmp(a, s[i], strlen(a)) == 0);
		}
		for (size_t j = 0; j < n; j++) {
			assert_int_equal(sign(t_strcmp(s[i], s[j])), sign(strcmp(s[i], s[j])));
			assert_ptr_equal(t_strstr(s[i], s[j]), strstr(s[i], s[j]));
			for (size_t max = 0; max < 6; max++)
				assert_int_equal(sign(t_strncmp(s[i], s[j], max)),
						 sign(strncmp(s[i], s[j], max)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
