/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/sys: parameters that programs read before they start. */
#include "base/os.h"
#include "base/text.h"
#include "net/socket.h"
#include "synth/proc.h"

void make_somaxconn(struct thread *t, struct text *x)
{
	(void)t;
	text_add(x, "%d\n", SOCKET_BACKLOG_MAX);
}

void make_overcommit(struct thread *t, struct text *x)
{
	(void)t;
	text_add(x, "1\n");
}
