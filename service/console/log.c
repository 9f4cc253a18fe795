/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log. Text comes in pieces of up to 32 bytes and goes to the kernel's log a line at a time, so
 * that lines of two threads are not mixed. The beginning of a line waits here, one for each thread
 * that has begun one. It goes to the kernel when the line ends, or is longer than LINE_MAX. A
 * thread that is destroyed in the middle of a line leaves the beginning to the next thread of its
 * id.
 */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <console/console.h>

#include "words.h"

#define LINE_MAX 512 /* COS_LOG_MAX: what cos_log writes at once */

struct line {
	struct line *next;
	long client;
	long tid;
	size_t len;
	char text[LINE_MAX];
};

static struct cos_mutex log_mutex;
static struct line *log_lines;

void cos_log_write(const char *text, size_t len)
{
	cos_mutex_lock(&log_mutex);
	cos_log_kernel(text, len);
	cos_mutex_unlock(&log_mutex);
}

static struct line **line_find(long client, long tid)
{
	struct line **at = &log_lines;

	while (*at && ((*at)->client != client || (*at)->tid != tid))
		at = &(*at)->next;
	return at;
}

/* Out of memory: the piece goes to the kernel at once, and may be mixed with others. */
static void line_add(const char *text, size_t len)
{
	long client = cos_client(), tid = cos_tid();
	struct line **at = line_find(client, tid), *line = *at;

	if (!line) {
		if (text[len - 1] == '\n' || !(line = cos_malloc(sizeof(*line)))) {
			cos_log_kernel(text, len);
			return;
		}
		*line = (struct line){.client = client, .tid = tid, .next = log_lines};
		log_lines = line;
		at = &log_lines;
	}
	memcpy(line->text + line->len, text, len);
	line->len += len;
	if (text[len - 1] != '\n' && line->len + CONSOLE_WORDS_BYTES <= LINE_MAX)
		return;
	cos_log_kernel(line->text, line->len);
	*at = line->next;
	cos_free(line);
}

long console_log(unsigned long len, unsigned long w0, unsigned long w1, unsigned long w2,
		 unsigned long w3)
{
	const unsigned long words[] = {w0, w1, w2, w3};
	const char *text = (const char *)words;

	if (len > CONSOLE_WORDS_BYTES)
		return -COS_EINVAL;
	cos_mutex_lock(&log_mutex);
	for (size_t from = 0, to = 1; from < len; to++) {
		if (to < len && text[to - 1] != '\n')
			continue;
		line_add(text + from, to - from);
		from = to;
	}
	cos_mutex_unlock(&log_mutex);
	return 0;
}
