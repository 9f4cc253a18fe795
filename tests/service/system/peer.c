/* SPDX-License-Identifier: BSD-2-Clause */
/* The partner of the probe (calls.h), in another domain. */
#include <network/network.h>
#include <cos/client.h>
#include <cos/user.h>
#include "calls.h"

long component_init(void);

long component_init(void)
{
	return 0;
}

static long upper(char *p, unsigned long len)
{
	char text[64];

	if (len > sizeof(text) || !cos_user_range(p, len))
		return -COS_EINVAL;
	if (cos_copy_user(text, p, len) < 0)
		return -COS_EFAULT;
	for (unsigned long i = 0; i < len; i++)
		text[i] = (char)(text[i] & ~0x20);
	return cos_copy_user(p, text, len);
}

struct cos_pair network_syscall(long num, unsigned long a0, unsigned long a1, unsigned long a2,
				unsigned long a3, unsigned long a4)
{
	struct cos_pair pair = {-COS_ENOSYS, 0};

	switch (num) {
	case PEER_SUM:
		pair.v0 = (long)(a0 + a1 + a2 + a3 + a4);
		pair.v1 = -pair.v0;
		break;
	case PEER_WHO:
		pair.v0 = cos_client();
		pair.v1 = cos_tid();
		break;
	case PEER_SELF:
		pair.v0 = (long)cos_self_get();
		cos_self_set((void *)1);
		break;
	case PEER_UPPER:
		pair.v0 = upper((char *)a0, a1);
		break;
	default:
		break;
	}
	return pair;
}

long network_interrupt(long tid)
{
	(void)tid;
	return -COS_ENOSYS;
}

long network_generation(void)
{
	return 1;
}
