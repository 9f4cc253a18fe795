/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes in parameters: "64k", "2G" (cos/param.h). */
#include <cos/param.h>
#include <cos/string.h>

#define SIZE_LIMIT ((uint64_t)INT64_MAX)

bool cos_size_parse(const char *text, uint64_t *bytes)
{
	static const char units[] = "kmg";
	uint64_t value = 0;
	const char *unit;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return false;
	if (*text) {
		unit = strchr(units, *text | 0x20);
		if (!unit || text[1] || value > SIZE_LIMIT >> 10 * (unit - units + 1))
			return false;
		value <<= 10 * (unit - units + 1);
	}
	*bytes = value;
	return value <= SIZE_LIMIT;
}
