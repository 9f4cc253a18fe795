/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device is QEMU's edu (docs/specs/edu.txt), which copies between memory and a buffer of its
 * own, at the addresses in its registers, a tenth of a second after the command.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/clock.h>
#include <cos/irq.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/thread.h>
#include <dev/dev.h>
#include <mem/mem.h>
#include <sched/sched.h>
#include "intruder.h"

#define CONF_COMMAND 0x04
#define COMMAND_MEMORY_MASTER 6
#define DMA_SOURCE 0x80
#define DMA_TARGET 0x88
#define DMA_BYTES 0x90
#define DMA_COMMAND 0x98
#define DMA_START 1u
#define DMA_TO_MEMORY 2u
#define BUFFER 0x40000ul
#define LEN 256u
#define PATIENCE_NS (30 * COS_NS_PER_S)

#define TRY(condition)                                         \
	do {                                                   \
		if (!(condition))                              \
			return (struct cos_pair){__LINE__, 0}; \
	} while (0)

long component_init(void);

static volatile uint8_t *regs;
/* Of two pages, so that one is nothing but this. */
static const uint8_t read_only[2 * COS_PAGE_SIZE] = {1};

static void register_set(unsigned reg, uint64_t value)
{
	*(volatile uint64_t *)(regs + reg) = value;
}

static void copy_begin(uint64_t from, uint64_t to, uint32_t command)
{
	register_set(DMA_SOURCE, from);
	register_set(DMA_TARGET, to);
	register_set(DMA_BYTES, LEN);
	register_set(DMA_COMMAND, DMA_START | command);
}

/* False: the device does not come to an end. */
static bool copy(uint64_t from, uint64_t to, uint32_t command)
{
	uint64_t deadline = cos_now_ns() + PATIENCE_NS;

	copy_begin(from, to, command);
	while (*(volatile uint32_t *)(regs + DMA_COMMAND) & DMA_START) {
		if (cos_now_ns() > deadline)
			return false;
		sched_yield();
	}
	return true;
}

static bool copy_out(uint64_t paddr)
{
	return copy(paddr, BUFFER, 0);
}

static bool copy_in(uint64_t paddr)
{
	return copy(BUFFER, paddr, DMA_TO_MEMORY);
}

static struct cos_pair move(uint8_t *from, unsigned long from_paddr, uint8_t *to,
			    unsigned long to_paddr)
{
	for (unsigned i = 0; i < LEN; i++)
		from[i] = (uint8_t)(i * 7 + 1);
	memset(to, 0, LEN);
	TRY(copy_out(from_paddr) && copy_in(to_paddr));
	TRY(memcmp(from, to, LEN) == 0);
	return (struct cos_pair){0, 0};
}

static struct cos_pair own(void)
{
	struct cos_pair a = dev_dma_alloc(3 * COS_PAGE_SIZE, COS_PAGE_SIZE, 0),
			b = dev_dma_alloc(100, COS_PAGE_SIZE, 1), moved;

	TRY(a.v0 > 0 && b.v0 > 0);
	/* Across a page's end. */
	moved = move((uint8_t *)a.v0 + COS_PAGE_SIZE - 100,
		     (unsigned long)a.v1 + COS_PAGE_SIZE - 100, (uint8_t *)b.v0,
		     (unsigned long)b.v1);
	if (moved.v0)
		return moved;
	TRY(dev_dma_free((unsigned long)a.v0, COS_PAGE_SIZE) == -COS_EINVAL);
	TRY(dev_dma_free((unsigned long)a.v0, 3 * COS_PAGE_SIZE) == 0);
	TRY(dev_dma_free((unsigned long)a.v0, 3 * COS_PAGE_SIZE) == -COS_EINVAL);
	TRY(dev_dma_free((unsigned long)b.v0, 100) == 0);
	return (struct cos_pair){0, 0};
}

static struct cos_pair stack(void)
{
	uint8_t on_stack[LEN] __attribute__((aligned(LEN)));
	long heap = mem_map(COS_PAGE_SIZE, COS_PG_READ | COS_PG_WRITE);
	struct cos_pair from = dev_dma_addr((unsigned long)on_stack), to, moved;

	TRY(heap > 0);
	to = dev_dma_addr((unsigned long)heap + 64);
	TRY(from.v0 == 0 && to.v0 == 0);
	moved = move(on_stack, (unsigned long)from.v1, (uint8_t *)heap + 64, (unsigned long)to.v1);
	TRY(mem_unmap((unsigned long)heap, COS_PAGE_SIZE) == 0);
	TRY(dev_dma_addr((unsigned long)heap).v0 == -COS_EFAULT);
	return moved;
}

static struct cos_pair write_read_only(void)
{
	const volatile uint8_t *page =
		read_only + COS_PAGE_SIZE - ((uintptr_t)read_only & (COS_PAGE_SIZE - 1));
	struct cos_pair at = dev_dma_addr((unsigned long)page);
	uint8_t written = 0;

	TRY(at.v0 == 0);
	TRY(copy_in((unsigned long)at.v1));
	for (unsigned i = 0; i < LEN; i++)
		written |= page[i];
	return (struct cos_pair){0, written != 0};
}

static struct cos_pair read(unsigned long paddr)
{
	struct cos_pair mine = dev_dma_alloc(COS_PAGE_SIZE, COS_PAGE_SIZE, 0);

	TRY(mine.v0 > 0);
	TRY(copy_out((unsigned long)mine.v1)); /* the buffer is full of zeros */
	TRY(copy_out(paddr) && copy_in((unsigned long)mine.v1));
	return (struct cos_pair){0, *(volatile long *)mine.v0};
}

/* Of several pages the last, since mem takes the first for itself when it needs one. */
static struct cos_pair freed(void)
{
	const unsigned long len = 16 * COS_PAGE_SIZE, last = len - COS_PAGE_SIZE;
	struct cos_pair mine = dev_dma_alloc(len, len, 0);

	TRY(mine.v0 > 0);
	*(volatile uint8_t *)(mine.v0 + last) = 0x77;
	/* So that the IOMMU has something to remember. */
	TRY(copy_out((unsigned long)mine.v1 + last));
	TRY(dev_dma_free((unsigned long)mine.v0, len) == 0);
	return (struct cos_pair){0, mine.v1 + (long)last};
}

static struct cos_pair unmapped(void)
{
	long heap = mem_map(COS_PAGE_SIZE, COS_PG_READ | COS_PG_WRITE);
	struct cos_pair at;

	TRY(heap > 0);
	*(volatile uint8_t *)heap = 0x77;
	at = dev_dma_addr((unsigned long)heap);
	TRY(at.v0 == 0 && copy_out((unsigned long)at.v1));
	TRY(mem_unmap((unsigned long)heap, COS_PAGE_SIZE) == 0);
	return (struct cos_pair){0, at.v1};
}

struct cos_pair intruder_do(long what, unsigned long paddr)
{
	switch (what) {
	case INTRUDER_OWN:
		return own();
	case INTRUDER_STACK:
		return stack();
	case INTRUDER_READ_ONLY:
		return write_read_only();
	case INTRUDER_WRITE:
		TRY(copy_in(paddr));
		return (struct cos_pair){0, 0};
	case INTRUDER_READ:
		return read(paddr);
	case INTRUDER_FREED:
		return freed();
	case INTRUDER_UNMAPPED:
		return unmapped();
	case INTRUDER_DIE:
		copy_begin(BUFFER, paddr, DMA_TO_MEMORY);
		cos_panic("asked to");
	default:
		return (struct cos_pair){-COS_EINVAL, 0};
	}
}

/* Waits for an interrupt that does not come, until the component is stopped. */
static void line_thread(void *arg)
{
	long cap = dev_intx_bind(0);

	(void)arg;
	if (cap < 0)
		cos_log("intruder: no interrupt line: %ld\n", cap);
	else
		while (cos_arcv_wait(cap) > 0)
			;
}

long component_init(void)
{
	struct cos_pair bar = dev_bar_map(0, 0);

	if (bar.v0 < 0)
		return bar.v0;
	regs = (volatile uint8_t *)bar.v0;
	if (cos_thread_create(line_thread, NULL, SCHED_PRIO_IRQ) < 0)
		return -COS_ENOMEM;
	return dev_conf_write(0, CONF_COMMAND, 2, COMMAND_MEMORY_MASTER);
}
