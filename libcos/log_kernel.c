/* SPDX-License-Identifier: BSD-2-Clause */
/* Log text to the kernel, for components that console itself needs (cos/log.h). */
#include <cos/cap.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/syscall.h>

/* A serial line takes a character in 90 us. One that takes none in so many tries is dead. */
#define TRIES_MAX 1000000

void cos_log_kernel_by(unsigned long cap, const char *text, size_t len)
{
	for (unsigned tries = 0; len > 0 && tries < TRIES_MAX; tries++) {
		uint64_t word[4] = {0};
		size_t part = len < sizeof(word) ? len : sizeof(word);
		long done;

		memcpy(word, text, part);
		done = cos_op5(cap, COS_HW_LOG, part, word[0], word[1], word[2], word[3]);
		if (done < 0)
			return;
		if (done > 0)
			tries = 0;
		text += done;
		len -= (size_t)done;
	}
}

void cos_log_kernel(const char *text, size_t len)
{
	cos_log_kernel_by(COS_CAP_HW, text, len);
}
