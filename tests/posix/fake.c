/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake COS (tests/rumpuser/cos/fake.c) without its copies and shared buffers, which are
 * run_memory.c's here, and with the rest of the heap.
 */
#define cos_copy_user fake_copy_user
#define cos_copy_user_str fake_copy_user_str
#define mem_shm_create fake_shm_create
#define mem_shm_destroy fake_shm_destroy
#include "tests/rumpuser/cos/fake.c"

void *cos_malloc(size_t len)
{
	return malloc(len ? len : 1);
}

void *cos_realloc(void *p, size_t len)
{
	return realloc(p, len);
}

void *cos_memalign(size_t align, size_t len)
{
	return aligned_alloc(align, (len + align - 1) & ~(align - 1));
}

/* The network component's word of a thread. */
static void *network_self[THREADS_MAX];

void *network_self_get(void)
{
	return network_self[my_tid];
}

void network_self_set(void *word)
{
	network_self[my_tid] = word;
}
