/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/net: how the network is configured. */
#include "base/os.h"
#include "base/text.h"
#include "synth/proc.h"

/* In the form of /etc/resolv.conf, as on Linux if the kernel configures the network. */
void make_pnp(struct thread *t, struct text *x)
{
	const char *dns = cos_param("DNS");

	(void)t;
	text_add(x, "#MANUAL\n");
	if (dns)
		text_add(x, "nameserver %s\n", dns);
}
