/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor that is written to as it takes data, with what it has not taken yet. */
#ifndef R2C_RUN_STREAM_H
#define R2C_RUN_STREAM_H

#include <stdbool.h>
#include "pool.h"

struct stream {
	int fd; /* -1: what is written is dropped */
	struct buffer pending;
	size_t at;
};

void stream_put(struct stream *stream, const void *data, size_t len);
bool stream_busy(const struct stream *stream);
/* Write what the descriptor takes after poll said that it does. False: nobody reads it any more; it
 * is -1 from now on. */
bool stream_flush(struct stream *stream);
void stream_free(struct stream *stream);

#endif
