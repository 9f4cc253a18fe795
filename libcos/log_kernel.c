/* SPDX-License-Identifier: BSD-2-Clause */
#include <cos/cap.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/syscall.h>

void cos_log_kernel_by(unsigned long cap, const char *text, size_t len)
{
	while (len > 0) {
		uint64_t word[4] = {0};
		size_t part = len < sizeof(word) ? len : sizeof(word);

		memcpy(word, text, part);
		(void)cos_op5(cap, COS_HW_LOG, part, word[0], word[1], word[2], word[3]);
		text += part;
		len -= part;
	}
}

void cos_log_kernel(const char *text, size_t len)
{
	cos_log_kernel_by(COS_CAP_HW, text, len);
}
