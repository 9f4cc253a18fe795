/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The component entropy: interface/entropy over the entropy device of a rump kernel that consists
 * of drivers. Supported: one device, words on demand. Not supported: feeding or mixing; the
 * receiver does that (rumpuser/cos/random.c).
 */
#include <entropy/entropy.h>
#include <cos/string.h>
#include <rump/entropy.h>
#include <rump/errno.h>

#include "component/sysproxy/server.h"

struct cos_pair entropy_draw(void)
{
	struct cos_pair drawn;
	long words[2];
	int error;

	if (!server_ready())
		return (struct cos_pair){-COS_EAGAIN, 0};
	error = rump_pub_entropy_read(words, sizeof(words));
	if (error)
		return (struct cos_pair){error == RUMP_ENXIO ? -COS_ENODEV : -COS_EIO, 0};
	drawn = (struct cos_pair){words[0] & INT64_MAX, words[1]};
	memset(words, 0, sizeof(words));
	return drawn;
}
