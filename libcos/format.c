/* SPDX-License-Identifier: BSD-2-Clause */
/* printf's conversions (C17 7.21.6.1): d i u o x X c s p % with flags, width, precision and
 * length; q is BSD's ll. */
#include <stdbool.h>
#include <stdint.h>
#include <cos/log.h>
#include <cos/string.h>

struct output {
	char *buf;
	size_t size;
	size_t len; /* of the text as a whole, may exceed size */
};

struct conversion {
	bool left, plus, space, alternate, zero;
	int width;
	int precision; /* -1: none given */
	char length;   /* 'H' hh, 'h', 'l', 'L' ll, 'q', 'j', 'z', 't', 0 */
};

static void put(struct output *out, const char *text, size_t len)
{
	if (out->len < out->size) {
		size_t room = out->size - out->len;

		memcpy(out->buf + out->len, text, len < room ? len : room);
	}
	out->len += len;
}

static void fill(struct output *out, char c, int count)
{
	for (; count > 0; count--)
		put(out, &c, 1);
}

/* Text that is not a number: padded with spaces. */
static void put_text(struct output *out, const struct conversion *conv, const char *text,
		     size_t len)
{
	int padding = conv->width > (int)len ? conv->width - (int)len : 0;

	if (!conv->left)
		fill(out, ' ', padding);
	put(out, text, len);
	if (conv->left)
		fill(out, ' ', padding);
}

static void put_number(struct output *out, const struct conversion *conv, uint64_t value,
		       unsigned base, bool upper, const char *prefix)
{
	const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[24];
	int ndigits = 0, zeros = 0, padding;
	int prefix_len = (int)strlen(prefix);

	/* "The result of converting a zero value with a precision of zero is no characters." */
	for (; value != 0 || (ndigits == 0 && conv->precision != 0); value /= base)
		digits[sizeof(digits) - 1 - ndigits++] = alphabet[value % base];
	if (conv->precision > ndigits)
		zeros = conv->precision - ndigits;
	if (base == 8 && conv->alternate && zeros == 0 &&
	    (ndigits == 0 || digits[sizeof(digits) - ndigits] != '0'))
		zeros = 1;
	padding = conv->width - prefix_len - zeros - ndigits;
	if (padding > 0 && conv->zero && !conv->left && conv->precision < 0) {
		zeros += padding;
		padding = 0;
	}
	if (!conv->left)
		fill(out, ' ', padding);
	put(out, prefix, (size_t)prefix_len);
	fill(out, '0', zeros);
	put(out, digits + sizeof(digits) - ndigits, (size_t)ndigits);
	if (conv->left)
		fill(out, ' ', padding);
}

static int64_t take_signed(const struct conversion *conv, va_list *args)
{
	switch (conv->length) {
	case 'H':
		return (signed char)va_arg(*args, int);
	case 'h':
		return (short)va_arg(*args, int);
	case 0:
		return va_arg(*args, int);
	default:
		return va_arg(*args, int64_t);
	}
}

static uint64_t take_unsigned(const struct conversion *conv, va_list *args)
{
	switch (conv->length) {
	case 'H':
		return (unsigned char)va_arg(*args, int);
	case 'h':
		return (unsigned short)va_arg(*args, int);
	case 0:
		return va_arg(*args, unsigned);
	default:
		return va_arg(*args, uint64_t);
	}
}

static const char *parse_flags(struct conversion *conv, const char *format)
{
	for (;; format++) {
		switch (*format) {
		case '-':
			conv->left = true;
			break;
		case '+':
			conv->plus = true;
			break;
		case ' ':
			conv->space = true;
			break;
		case '#':
			conv->alternate = true;
			break;
		case '0':
			conv->zero = true;
			break;
		default:
			return format;
		}
	}
}

static const char *parse_count(int *count, const char *format, va_list *args)
{
	if (*format == '*') {
		*count = va_arg(*args, int);
		return format + 1;
	}
	for (*count = 0; *format >= '0' && *format <= '9'; format++)
		if (*count < 100000)
			*count = *count * 10 + (*format - '0');
	return format;
}

/* From after the '%' to the letter of the conversion. */
static const char *parse(struct conversion *conv, const char *format, va_list *args)
{
	*conv = (struct conversion){.precision = -1};
	format = parse_flags(conv, format);
	format = parse_count(&conv->width, format, args);
	if (conv->width < 0) {
		conv->left = true;
		conv->width = -conv->width;
	}
	if (*format == '.')
		format = parse_count(&conv->precision, format + 1, args);
	if (format[0] == 'h' && format[1] == 'h') {
		conv->length = 'H';
		return format + 2;
	}
	if (format[0] == 'l' && format[1] == 'l') {
		conv->length = 'L';
		return format + 2;
	}
	if (*format != 0 && strchr("hlqjzt", *format) != NULL)
		conv->length = *format++;
	return format;
}

static void put_signed(struct output *out, const struct conversion *conv, int64_t value)
{
	const char *sign = value < 0 ? "-" : conv->plus ? "+" : conv->space ? " " : "";

	put_number(out, conv, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, false, sign);
}

static void put_hex(struct output *out, const struct conversion *conv, uint64_t value, bool upper)
{
	const char *prefix = !conv->alternate || value == 0 ? "" : upper ? "0X" : "0x";

	put_number(out, conv, value, 16, upper, prefix);
}

static void put_string(struct output *out, const struct conversion *conv, const char *s)
{
	if (s == NULL)
		s = "(null)";
	put_text(out, conv, s, conv->precision >= 0 ? strnlen(s, conv->precision) : strlen(s));
}

static void convert(struct output *out, const struct conversion *conv, char letter, va_list *args)
{
	char c;

	switch (letter) {
	case 'd':
	case 'i':
		put_signed(out, conv, take_signed(conv, args));
		break;
	case 'u':
		put_number(out, conv, take_unsigned(conv, args), 10, false, "");
		break;
	case 'o':
		put_number(out, conv, take_unsigned(conv, args), 8, false, "");
		break;
	case 'x':
	case 'X':
		put_hex(out, conv, take_unsigned(conv, args), letter == 'X');
		break;
	case 'p':
		put_number(out, conv, (uintptr_t)va_arg(*args, void *), 16, false, "0x");
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_text(out, conv, &c, 1);
		break;
	case 's':
		put_string(out, conv, va_arg(*args, const char *));
		break;
	default: /* '%', and what is not a conversion stands for itself */
		put(out, &letter, 1);
		break;
	}
}

int cos_vsnprintf(char *buf, size_t size, const char *format, va_list args)
{
	struct output out = {buf, size, 0};
	struct conversion conv;
	va_list copy; /* an array type as a parameter has decayed: &copy is of the right type */

	va_copy(copy, args);
	while (*format != 0) {
		size_t plain = 0;

		while (format[plain] != 0 && format[plain] != '%')
			plain++;
		put(&out, format, plain);
		format += plain;
		if (*format == 0)
			break;
		format = parse(&conv, format + 1, &copy);
		if (*format == 0)
			break;
		convert(&out, &conv, *format++, &copy);
	}
	va_end(copy);
	if (size > 0)
		buf[out.len < size ? out.len : size - 1] = 0;
	return (int)out.len;
}

int cos_snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = cos_vsnprintf(buf, size, format, args);
	va_end(args);
	return len;
}
