/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams: at most PIPE_BUF bytes a write, so that no write blocks. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>
#include "stream.h"

void stream_put(struct stream *stream, const void *data, size_t len)
{
	if (stream->fd >= 0)
		buffer_add(&stream->pending, data, len);
}

bool stream_busy(const struct stream *stream)
{
	return stream->at < stream->pending.len;
}

bool stream_flush(struct stream *stream)
{
	size_t len = stream->pending.len - stream->at;

	/* A pipe that poll finds writable takes this much without blocking (pipe(7)). */
	if (len > PIPE_BUF)
		len = PIPE_BUF;
	ssize_t n = len ? write(stream->fd, stream->pending.data + stream->at, len) : 0;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n > 0)
		stream->at += (size_t)n;
	if (n < 0 || !stream_busy(stream))
		stream->at = stream->pending.len = 0;
	if (n < 0)
		stream->fd = -1;
	return n >= 0;
}

void stream_free(struct stream *stream)
{
	buffer_free(&stream->pending);
}
