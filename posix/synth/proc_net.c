/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/net. */
#include "base/os.h"
#include "base/text.h"
#include "synth/proc.h"

/* As Linux's, where the kernel configures the network: in the form of /etc/resolv.conf. */
void make_pnp(struct thread *t, struct text *x)
{
	const char *dns = cos_param("DNS");

	(void)t;
	text_add(x, "#MANUAL\n");
	if (dns)
		text_add(x, "nameserver %s\n", dns);
}
