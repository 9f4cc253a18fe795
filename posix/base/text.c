/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings and growing text in posix's own memory. */
#include "base/os.h"
#include "base/text.h"

char *os_strdup(const char *s)
{
	size_t len = strlen(s) + 1;
	char *copy = cos_malloc(len);

	if (copy)
		memcpy(copy, s, len);
	return copy;
}

void text_add(struct text *x, const char *format, ...)
{
	va_list args;
	int n;

	if (x->size - x->len < TEXT_ADD_MAX + 1) {
		char *data = cos_realloc(x->data, x->size + 4096);

		if (!data) {
			x->failed = true;
			return;
		}
		x->data = data;
		x->size += 4096;
	}
	va_start(args, format);
	n = cos_vsnprintf(x->data + x->len, x->size - x->len, format, args);
	va_end(args);
	if (n > 0)
		x->len += MIN((size_t)n, x->size - x->len - 1);
}
