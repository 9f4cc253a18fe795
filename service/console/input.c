/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring of input (input.h). */
#include "input.h"

#define ACKNOWLEDGE_BYTES (WIRE_WINDOW / 4)

size_t input_pending(const struct input *in)
{
	return in->put - in->got;
}

bool input_put(struct input *in, const uint8_t *bytes, size_t len_bytes)
{
	if (len_bytes > WIRE_WINDOW - input_pending(in))
		return false;
	for (size_t i = 0; i < len_bytes; i++)
		in->ring[(in->put + i) % WIRE_WINDOW] = bytes[i];
	in->put += len_bytes;
	return true;
}

size_t input_peek(const struct input *in, const uint8_t **bytes, size_t len_bytes)
{
	size_t at = in->got % WIRE_WINDOW, together = WIRE_WINDOW - at;

	if (together > input_pending(in))
		together = input_pending(in);
	*bytes = in->ring + at;
	return together < len_bytes ? together : len_bytes;
}

void input_consume(struct input *in, size_t len_bytes)
{
	in->got += len_bytes;
}

uint32_t input_acknowledge(struct input *in)
{
	uint64_t due = in->got - in->acknowledged;

	if (due < ACKNOWLEDGE_BYTES && input_pending(in) > 0)
		return 0;
	in->acknowledged = in->got;
	return (uint32_t)due;
}
