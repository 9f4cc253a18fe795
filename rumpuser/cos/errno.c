/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * errno of a component's threads. A component has no thread-local memory: %fs belongs to the
 * program. errno is therefore found by thread id, in a directory of leaves. A leaf is made when one
 * of its threads first has an error.
 */
#include "errno.h"

#include <cos/layout.h>

#include "alloc.h"
#include "hyp.h"

/* A leaf is two KiB. */
#define LEAF_THREADS 512

struct leaf {
	int number[LEAF_THREADS];
};

static struct cos_mutex leaves_mutex;
static struct leaf *leaves[COS_THD_MAX / LEAF_THREADS];

static struct leaf *leaf_get(long tid)
{
	return __atomic_load_n(&leaves[tid / LEAF_THREADS], __ATOMIC_ACQUIRE);
}

static struct leaf *leaf_make(long tid)
{
	struct leaf *leaf;

	cos_mutex_lock(&leaves_mutex);
	leaf = leaf_get(tid);
	if (!leaf) {
		leaf = object_alloc(sizeof(*leaf));
		__atomic_store_n(&leaves[tid / LEAF_THREADS], leaf, __ATOMIC_RELEASE);
	}
	cos_mutex_unlock(&leaves_mutex);
	return leaf;
}

void rumpuser_seterrno(int error)
{
	long tid = cos_tid();
	struct leaf *leaf = leaf_get(tid);

	if (!leaf && error)
		leaf = leaf_make(tid);
	if (leaf)
		leaf->number[tid % LEAF_THREADS] = error;
}

int rumpuser_geterrno(void)
{
	long tid = cos_tid();
	const struct leaf *leaf = leaf_get(tid);

	return leaf ? leaf->number[tid % LEAF_THREADS] : 0;
}
