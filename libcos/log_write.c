/* SPDX-License-Identifier: BSD-2-Clause */
/* cos_log_write for components that console does not need: the text goes to console. */
#include <console/console.h>
#include <cos/log.h>
#include <cos/string.h>

/* An error is ignored: without console there is nowhere to report it. */
void cos_log_write(const char *text, size_t len)
{
	while (len > 0) {
		unsigned long word[4] = {0};
		size_t part = len < sizeof(word) ? len : sizeof(word);

		memcpy(word, text, part);
		if (console_log(part, word[0], word[1], word[2], word[3]) < 0)
			return;
		text += part;
		len -= part;
	}
}
