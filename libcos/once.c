/* SPDX-License-Identifier: BSD-2-Clause */
/* cos_once (cos/sync.h): the mutex makes later callers wait for the first. */
#include "waitq.h"

void cos_once(struct cos_once *once, void (*function)(void))
{
	if (__atomic_load_n(&once->done, __ATOMIC_ACQUIRE))
		return;
	cos_mutex_lock(&once->mutex);
	if (!once->done) {
		function();
		__atomic_store_n(&once->done, 1, __ATOMIC_RELEASE);
	}
	cos_mutex_unlock(&once->mutex);
}
