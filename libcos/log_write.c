/* SPDX-License-Identifier: BSD-2-Clause */
#include <console/console.h>
#include <cos/log.h>
#include <cos/string.h>

/* console gone: there is nowhere to say so, and the component has its own work to do. */
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
