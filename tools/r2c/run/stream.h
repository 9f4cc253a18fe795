/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor that is written to when it takes data, and the data that it has not taken yet. */
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
/*
 * Write as much as the descriptor takes, after poll found it writable. False: it takes no more
 * ever, errno says why; fd is -1 from now on.
 */
bool stream_flush(struct stream *stream);
void stream_free(struct stream *stream);

#endif
