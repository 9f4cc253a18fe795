/* SPDX-License-Identifier: BSD-2-Clause */
#include <cos/lend.h>
#include "lock.h"

static struct cos_lend_lock lock;

void mem_lock(void)
{
	cos_lend_lock(&lock);
}

void mem_unlock(void)
{
	cos_lend_unlock(&lock);
}
