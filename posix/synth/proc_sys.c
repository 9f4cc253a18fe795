/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/sys: parameters that programs read before they start. */
#include "base/os.h"
#include "base/text.h"
#include "synth/proc.h"

void make_number(struct thread *t, struct text *x)
{
	(void)t;
	text_add(x, "%d\n", 4096);
}

void make_overcommit(struct thread *t, struct text *x)
{
	(void)t;
	text_add(x, "1\n");
}
