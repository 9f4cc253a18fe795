/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Much memory that is filled in order, and then used piece by piece while another thread works in
 * it.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include "poke.h"
#include "show.h"

#define PAGE 4096UL
#define BLOCK (2UL << 20)
#define NBLOCKS 8
#define LEN (NBLOCKS * BLOCK)
#define MARK 64 /* offset in a page that the other thread does not touch */

static char *base;
static atomic_int stop;
static sem_t turn_over;

static uint32_t *mark(uint64_t at)
{
	return (uint32_t *)(base + at + MARK);
}

static void fill(void)
{
	for (uint64_t at = 0; at < LEN; at += PAGE)
		*mark(at) = (uint32_t)(at / PAGE * 2654435761u);
}

/* How many pages of [from, to) do not have what fill wrote. */
static int wrong(uint64_t from, uint64_t to)
{
	int n = 0;

	for (uint64_t at = from; at < to; at += PAGE)
		n += *mark(at) != (uint32_t)(at / PAGE * 2654435761u);
	return n;
}

static int zeros(uint64_t from, uint64_t to)
{
	int n = 0;

	for (uint64_t at = from; at < to; at += PAGE)
		n += *mark(at) == 0;
	return n;
}

/* Counts in the first word of each page of block 3. */
static void *worker(void *arg)
{
	uint64_t *lost = arg;

	for (uint64_t turn = 1; !atomic_load(&stop); turn++) {
		for (uint64_t at = 3 * BLOCK; at < 4 * BLOCK; at += PAGE) {
			volatile uint64_t *word = (uint64_t *)(base + at);

			*lost += *word != turn - 1;
			*word = turn;
		}
		sem_post(&turn_over);
	}
	return 0;
}

/* Wait for a turn that begins from now on. */
static void one_more_turn(void)
{
	while (sem_trywait(&turn_over) == 0)
		;
	sem_wait(&turn_over);
	sem_wait(&turn_over);
}

static void pieces(void)
{
	pthread_t thread;
	uint64_t lost = 0;

	CALL(sem_init(&turn_over, 0, 0));
	CALL(pthread_create(&thread, 0, worker, &lost));
	one_more_turn();
	CALL(mprotect(base + 3 * BLOCK, BLOCK, PROT_READ | PROT_WRITE));
	/* From here on the block is single pages; none was missing for the thread meanwhile. */
	CALL(mprotect(base + 2 * BLOCK + BLOCK / 2, BLOCK, PROT_READ | PROT_WRITE));
	one_more_turn();
	CALL(mremap(base + 4 * BLOCK, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, base + LEN) ==
	     base + LEN);
	CALL(munmap(base + 4 * BLOCK + PAGE, PAGE));
	one_more_turn();
	atomic_store(&stop, 1);
	CALL(pthread_join(thread, 0));
	CALL(lost);
}

int main(void)
{
	int fds[2];

	poke_init();
	base = mmap(0, LEN + 2 * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(base != MAP_FAILED);
	base = (char *)(((uintptr_t)base + BLOCK - 1) & -BLOCK);
	CALL(zeros(0, LEN));
	fill();
	CALL(wrong(0, LEN));
	pieces();
	CALL(wrong(0, 4 * BLOCK));
	CALL(wrong(4 * BLOCK + 2 * PAGE, LEN));
	CALL(poke(base + 4 * BLOCK, 0));
	CALL(poke(base + 4 * BLOCK + PAGE, 0));
	CALL(*(uint32_t *)(base + LEN + MARK) == (uint32_t)(4 * BLOCK / PAGE * 2654435761u));
	/* In the other blocks: one page, a whole block, and all at once. */
	CALL(mprotect(base + BLOCK + 7 * PAGE, PAGE, PROT_READ));
	CALL(poke(base + BLOCK + 7 * PAGE, 1));
	CALL(poke(base + BLOCK + 8 * PAGE, 1));
	CALL(mprotect(base + 5 * BLOCK, BLOCK, PROT_READ));
	CALL(poke(base + 5 * BLOCK + 9 * PAGE, 1));
	CALL(poke(base + 5 * BLOCK + 9 * PAGE, 0));
	CALL(mprotect(base + 5 * BLOCK, BLOCK, PROT_NONE));
	CALL(poke(base + 5 * BLOCK + 9 * PAGE, 0));
	CALL(mprotect(base + BLOCK, 3 * BLOCK, PROT_READ | PROT_WRITE));
	CALL(mprotect(base + 5 * BLOCK, BLOCK, PROT_READ | PROT_WRITE));
	CALL(wrong(5 * BLOCK, LEN));
	CALL(madvise(base + 6 * BLOCK + BLOCK / 2, BLOCK, MADV_DONTNEED));
	CALL(wrong(5 * BLOCK, 6 * BLOCK + BLOCK / 2));
	CALL(zeros(6 * BLOCK + BLOCK / 2, 7 * BLOCK + BLOCK / 2));
	CALL(wrong(7 * BLOCK + BLOCK / 2, LEN));
	/* Moved whole, and copied from and to by the system. */
	CALL(mremap(base + BLOCK, BLOCK, BLOCK, MREMAP_MAYMOVE | MREMAP_FIXED, base + 6 * BLOCK) ==
	     base + 6 * BLOCK);
	CALL(*mark(7 * BLOCK - PAGE) == (uint32_t)((2 * BLOCK - PAGE) / PAGE * 2654435761u));
	CALL(pipe(fds));
	CALL(write(fds[1], base + 2 * BLOCK + PAGE, 3 * PAGE));
	CALL(read(fds[0], base + 3 * BLOCK + 100 * PAGE, 3 * PAGE));
	CALL(memcmp(base + 2 * BLOCK + PAGE, base + 3 * BLOCK + 100 * PAGE, 3 * PAGE));
	return 0;
}
