/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem as posix, sched and a server see it, on a kernel of the test's own (fake_kernel.c): programs'
 * memory against a model with a state for each page, windows and shared buffers, and that all
 * memory comes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mem/device.h>
#include <mem/mem.h>
#include <mem/pager.h>
#include <mem/program.h>
#include <mem/thread.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/reach.h>
#include <cos/syscall.h>
#include "fake_kernel.h"
#include "service/mem/cap.h"
#include "service/mem/domain.h"
#include "service/mem/frame.h"
#include "service/mem/meta.h"
#include "service/mem/thread.h"

#define ID_BOOT 1
#define ID_MEM 2
#define ID_SCHED 3
#define ID_POSIX 4
#define ID_STORAGE 5
#define ID_OTHER 6
#define ID_DEV 7
#define NDOMAINS 7
#define PAGE 4096UL
#define SUPER (2UL << 20)
#define FAULT_WRITE 2
#define FAULT_FETCH 16

static struct {
	struct boot_handover header;
	struct boot_domain domain[NDOMAINS];
	struct boot_component component[NDOMAINS];
	uint32_t sees[2];
} handover;
static struct frame_range range;
static struct frame_info info[FAKE_PAGES];
static long client;

/* Slots and parts are dealt out as r2c does it: all windows to posix. */
struct cos_system fake_system = {.ncomponents = NDOMAINS, .shared_shift = COS_SLOT_SHIFT - 3};
extern const struct cos_system __cos_system __attribute__((alias("fake_system")));

long cos_client(void)
{
	return client;
}

static bool by_fault = true;

bool cos_entered_by_fault(void)
{
	return by_fault;
}

long cos_tid(void)
{
	return 1;
}

uint64_t cos_tsc(void)
{
	return 0;
}

uint64_t cos_ns_to_ticks(uint64_t ns)
{
	return ns;
}

long cos_component_id(void)
{
	return ID_MEM;
}

void cos_log(const char *format, ...)
{
	(void)format;
}

_Noreturn void cos_panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	abort();
}

/* mem's own memory is the host's here. */
void *meta_pages(size_t npages)
{
	return calloc(npages, PAGE);
}

void *meta_alloc(struct meta_pool *pool)
{
	void *object = pool->free;

	if (object == NULL)
		return calloc(1, pool->size);
	pool->free = *(void **)object;
	memset(object, 0, pool->size);
	return object;
}

void meta_free(struct meta_pool *pool, void *object)
{
	*(void **)object = pool->free;
	pool->free = object;
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = COS_SLOT_WINDOW_FIRST; i <= COS_SLOT_WINDOW_LAST; i++)
		fake_system.window_owner[i] = ID_POSIX;
	fake_init();
	range = (struct frame_range){
		.paddr = FAKE_PADDR, .npages = FAKE_PAGES, .cap = FAKE_UNTYPED};
	frame_init(&range, 1, info);
	frame_give(0, FAKE_PAGES);
	handover.header =
		(struct boot_handover){.magic = BOOT_HANDOVER_MAGIC,
				       .ndomains = NDOMAINS,
				       .domain = offsetof(__typeof__(handover), domain),
				       .ncomponents = NDOMAINS,
				       .component = offsetof(__typeof__(handover), component),
				       .boot_tid = 1};
	for (uint32_t i = 0; i < NDOMAINS; i++) {
		struct boot_domain *domain = &handover.domain[i];
		struct boot_component *component = &handover.component[i];

		*domain = (struct boot_domain){.captbl = fake_captbl(),
					       .pgtbl = i == 1 ? BOOT_CAP_MEM_PGTBL : fake_pgtbl(4),
					       .slot0 = fake_pgtbl(3),
					       .copy_start = 0x1000,
					       .copy_end = 0x2000,
					       .copy_fault = 0x2000};
		fake_link(domain->pgtbl, 0, domain->slot0);
		*component =
			(struct boot_component){.id = i + 1,
						.domain = i,
						.comp = fake_comp(domain->captbl, domain->pgtbl),
						.flags = i + 1 <= ID_SCHED ? BOOT_COMP_WIRED : 0};
	}
	handover.component[ID_SCHED - 1].role = COMPONENT_SCHED;
	handover.component[ID_OTHER - 1].flags |= BOOT_COMP_DMA;
	handover.component[ID_DEV - 1].role = COMPONENT_DEV;
	handover.component[ID_POSIX - 1].gate_comp = handover.component[ID_POSIX - 1].comp;
	handover.component[ID_POSIX - 1].gate_entry = 0x400000;
	handover.component[ID_POSIX - 1].handler_entry = 0x400100;
	handover.component[ID_STORAGE - 1].sees = offsetof(__typeof__(handover), sees);
	handover.sees[0] = 1;
	handover.sees[1] = ID_POSIX;
	cap_init(600);
	if (!domain_init(&handover.header) || !thread_init(&handover.header))
		return -1;
	/* A sinv capability for the pager, as boot gives it. */
	handover.header.pager_cap = cap_alloc();
	assert_int_equal(cos_op4(CAP_OWN_CAPTBL, COS_MK_SINV, handover.header.pager_cap,
				 handover.component[1].comp, 0x400200, 0),
			 0);
	return 0;
}

static uint32_t pgtbl_of(long comp)
{
	return component_get(comp)->domain->space.pgtbl;
}

/* The byte at va as comp sees it, with faults resolved; NULL: comp may not access it. */
static uint8_t *touch(long comp, uint64_t va, bool write)
{
	uint8_t *p;

	for (int i = 0; i < 3; i++) {
		p = fake_access(pgtbl_of(comp), va, write);
		if (p != NULL)
			return p;
		if (mem_pagefault(COS_FAULT_PAGE, va, write ? FAULT_WRITE : 0, 0x500000, 0, comp) !=
		    0)
			return NULL;
	}
	fail_msg("the fault at %#lx is resolved, and comes again", va);
	return NULL;
}

#define NPAGES 2200 /* three page-table nodes that are whole, and parts of two */
#define BASE (0x40000000UL - 500 * PAGE)
#define NOTHING 0xff
static struct {
	uint8_t prot; /* NOTHING: not mapped */
	uint8_t value;
} model[NPAGES];

static uint64_t va_of(unsigned page)
{
	return BASE + page * PAGE;
}

static bool model_whole(unsigned first, unsigned count)
{
	for (unsigned i = first; i < first + count; i++)
		if (model[i].prot == NOTHING)
			return false;
	return true;
}

static void model_set(unsigned first, unsigned count, uint8_t prot)
{
	for (unsigned i = first; i < first + count; i++) {
		model[i].prot = prot;
		model[i].value = 0;
	}
}

static void check_page(long as, uint64_t window, unsigned page)
{
	uint8_t prot = model[page].prot;
	bool reads = prot != NOTHING && prot != 0, writes = reads && (prot & COS_PG_WRITE);
	uint8_t *p = touch(as, va_of(page), false), *q;

	assert_int_equal(p != NULL, reads);
	if (reads)
		assert_int_equal(*p, model[page].value);
	p = touch(as, va_of(page), true);
	assert_int_equal(p != NULL, writes);
	/* A server sees the same through the window, with the same rights. */
	q = touch(ID_STORAGE, window + va_of(page), true);
	assert_ptr_equal(q, p);
	if (writes)
		*p = model[page].value = (uint8_t)random();
}

static void do_map(long as, unsigned first, unsigned count)
{
	static const uint8_t prots[] = {0, 1, 3, 3, 3, 5};
	uint8_t prot = prots[random() % 6];
	unsigned long flags = MEM_FIXED | (random() % 4 == 0 ? MEM_WIRED : 0);
	bool any = false;

	for (unsigned i = first; i < first + count; i++)
		any = any || model[i].prot != NOTHING;
	if (random() % 4 == 0) {
		assert_int_equal(
			mem_as_map(as, va_of(first), count * PAGE, prot | flags | MEM_NOREPLACE),
			any ? -COS_EEXIST : (long)va_of(first));
		if (any)
			return;
	} else {
		assert_int_equal(mem_as_map(as, va_of(first), count * PAGE, prot | flags),
				 va_of(first));
	}
	model_set(first, count, prot);
}

static void do_protect(long as, unsigned first, unsigned count)
{
	static const uint8_t prots[] = {0, 1, 3, 5};
	uint8_t prot = prots[random() % 4];
	long result = mem_as_protect(as, va_of(first), count * PAGE, prot);

	assert_int_equal(result, model_whole(first, count) ? 0 : -COS_ENOMEM);
	for (unsigned i = first; result == 0 && i < first + count; i++)
		model[i].prot = prot;
}

static bool model_alike(unsigned first, unsigned count)
{
	for (unsigned i = first; i < first + count; i++)
		if (model[i].prot == NOTHING || model[i].prot != model[first].prot)
			return false;
	return true;
}

/* To another place in the model's range that is apart from it. */
static void do_move(long as, unsigned first, unsigned count, unsigned to, unsigned new_count)
{
	uint8_t prot = model[first].prot;
	long result;

	if (!model_alike(first, count) || (to < first + count && first < to + new_count))
		return;
	result = mem_as_remap(as, va_of(first), count * PAGE, new_count * PAGE,
			      MEM_FIXED | MEM_MAYMOVE, va_of(to));
	assert_int_equal(result, va_of(to));
	model_set(to, new_count, prot);
	for (unsigned i = 0; i < count && i < new_count; i++)
		model[to + i].value = model[first + i].value;
	model_set(first, count, NOTHING);
}

static void step(long as, uint64_t window)
{
	unsigned first = (unsigned)random() % NPAGES, to = (unsigned)random() % NPAGES;
	unsigned count = 1 + (unsigned)random() % (random() % 6 == 0 ? 1400 : 20);
	unsigned new_count = 1 + (unsigned)random() % (random() % 3 == 0 ? 1400 : 20);

	if (random() % 2 == 0) { /* alike within a super-page */
		to = first % 512 + 512 * ((unsigned)random() % 4);
		if (to >= NPAGES)
			to = first;
	}
	if (count > NPAGES - first)
		count = NPAGES - first;
	if (new_count > NPAGES - to)
		new_count = NPAGES - to;
	switch (random() % 8) {
	case 0:
	case 1:
	case 2:
		do_map(as, first, count);
		break;
	case 3:
		assert_int_equal(mem_as_unmap(as, va_of(first), count * PAGE), 0);
		model_set(first, count, NOTHING);
		break;
	case 4:
		do_protect(as, first, count);
		break;
	case 5:
		do_move(as, first, count, to, new_count);
		break;
	case 6:
		if (mem_as_discard(as, va_of(first), count * PAGE) == 0)
			for (unsigned i = first; i < first + count; i++)
				model[i].value = 0;
		else
			assert_false(model_whole(first, count));
		break;
	default:
		for (unsigned i = first; i < first + count; i++)
			check_page(as, window, i);
	}
}

static void test_random(void **state)
{
	uint64_t before;
	struct cos_pair pair;
	unsigned njoined = 0, ncut = 0;

	(void)state;
	srandom(6);
	client = ID_POSIX;
	/* Once, so that what servers keep for windows (nothing) and slabs is there. */
	pair = mem_as_create();
	assert_true(pair.v0 > 0 && pair.v1 > 0);
	assert_int_equal(mem_as_destroy(pair.v0), 0);
	before = frame_nfree();
	for (int program = 0; program < 4; program++) {
		pair = mem_as_create();
		assert_true(pair.v0 > 0);
		model_set(0, NPAGES, NOTHING);
		for (int i = 0; i < 6000; i++) {
			unsigned nsupers = fake_supers;

			step(pair.v0, MEM_WINDOW(pair.v1));
			ncut += fake_supers < nsupers;
			njoined += fake_supers > nsupers;
			for (int j = 0; j < 12; j++)
				check_page(pair.v0, MEM_WINDOW(pair.v1),
					   (unsigned)random() % NPAGES);
		}
		for (unsigned page = 0; page < NPAGES; page++)
			check_page(pair.v0, MEM_WINDOW(pair.v1), page);
		assert_int_equal(mem_as_destroy(pair.v0), 0);
		assert_int_equal(frame_nfree(), before);
		assert_null(touch(ID_STORAGE, MEM_WINDOW(pair.v1) + BASE, false));
	}
	assert_true(njoined > 20 && ncut > 20);
}

/* Memory that is filled in order is of super-pages from the second on; what else is done with it.
 */
static void test_super(void **state)
{
	uint64_t base = 0x40000000, before, used;
	struct cos_pair pair;
	unsigned nsupers;
	long as;

	(void)state;
	client = ID_POSIX;
	pair = mem_as_create();
	as = pair.v0;
	before = frame_nfree();
	assert_int_equal(mem_as_map(as, base, 5 * SUPER + PAGE, COS_PG_READ | COS_PG_WRITE), base);
	nsupers = fake_supers;
	for (uint64_t va = base; va < base + SUPER; va += PAGE)
		*touch(as, va, true) = 1;
	assert_int_equal(fake_supers, nsupers);
	used = frame_nfree();
	*touch(as, base + SUPER + 17 * PAGE, true) = 2;
	assert_int_equal(fake_supers, nsupers + 1);
	assert_int_equal(used - frame_nfree(), 512 + 1); /* and the table for when it is cut */
	assert_int_equal(*touch(as, base + SUPER, false), 0);
	*touch(ID_STORAGE, MEM_WINDOW(pair.v1) + base + SUPER + 511 * PAGE, true) = 3;
	assert_int_equal(*touch(as, base + SUPER + 511 * PAGE, false), 3);
	*touch(as, base + 2 * SUPER, true) = 4;
	assert_int_equal(fake_supers, nsupers + 2);
	/* Nothing next to it is touched: no super-page. */
	*touch(as, base + 4 * SUPER, true) = 5;
	assert_int_equal(fake_supers, nsupers + 2);
	/* All of it at once stays; what is cut holds what it held. */
	assert_int_equal(mem_as_protect(as, base + SUPER, SUPER, COS_PG_READ), 0);
	assert_int_equal(fake_supers, nsupers + 2);
	assert_null(touch(as, base + SUPER + 17 * PAGE, true));
	assert_int_equal(mem_as_protect(as, base + SUPER, 18 * PAGE, COS_PG_READ | COS_PG_WRITE),
			 0);
	assert_int_equal(fake_supers, nsupers + 1);
	assert_int_equal(*touch(as, base + SUPER + 17 * PAGE, true), 2);
	assert_null(touch(as, base + SUPER + 18 * PAGE, true));
	assert_int_equal(*touch(as, base + SUPER + 511 * PAGE, false), 3);
	assert_int_equal(mem_as_unmap(as, base + 2 * SUPER + PAGE, PAGE), 0);
	assert_int_equal(fake_supers, nsupers);
	assert_int_equal(*touch(as, base + 2 * SUPER, true), 4);
	assert_null(touch(as, base + 2 * SUPER + PAGE, false));
	/* Moved whole where that can be. */
	for (uint64_t va = base + 3 * SUPER; va < base + 4 * SUPER; va += PAGE)
		*touch(as, va, true) = 7;
	assert_int_equal(fake_supers, nsupers);
	assert_int_equal(mem_as_discard(as, base + 4 * SUPER, SUPER), 0);
	*touch(as, base + 4 * SUPER, true) = 8;
	assert_int_equal(fake_supers, nsupers + 1);
	assert_int_equal(mem_as_remap(as, base + 4 * SUPER, SUPER, SUPER, MEM_FIXED | MEM_MAYMOVE,
				      base + 9 * SUPER),
			 base + 9 * SUPER);
	assert_int_equal(fake_supers, nsupers + 1);
	assert_null(touch(as, base + 4 * SUPER, false));
	assert_int_equal(*touch(as, base + 9 * SUPER, true), 8);
	assert_int_equal(mem_as_remap(as, base + 9 * SUPER, SUPER, SUPER, MEM_FIXED | MEM_MAYMOVE,
				      base + 7 * SUPER + PAGE),
			 base + 7 * SUPER + PAGE);
	assert_int_equal(fake_supers, nsupers);
	assert_int_equal(*touch(as, base + 7 * SUPER + PAGE, true), 8);
	assert_int_equal(mem_as_unmap(as, base, 9 * SUPER), 0);
	assert_true(before - frame_nfree() < 3);
	assert_int_equal(mem_as_destroy(as), 0);
}

/* space.h, I6: a server's memory has super-pages too, except in domains without a pager. */
static void test_super_heap(void **state)
{
	uint64_t p, whole, before = frame_nfree();
	unsigned nsupers = fake_supers;
	struct cos_pair at;

	(void)state;
	client = ID_SCHED;
	p = (uint64_t)mem_map(3 * SUPER, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
	assert_int_equal(fake_supers, nsupers);
	assert_int_equal(mem_unmap(p, 3 * SUPER), 0);
	client = ID_OTHER;
	p = (uint64_t)mem_map(3 * SUPER, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
	assert_true(fake_supers >= nsupers + 2);
	whole = (p + SUPER - 1) & -SUPER;
	client = ID_DEV;
	at = mem_dma_pin(ID_OTHER, whole + 3 * PAGE + 5);
	assert_int_equal(at.v1 % SUPER, 3 * PAGE + 5);
	client = ID_OTHER;
	assert_int_equal(mem_unmap(p, 3 * SUPER), 0);
	assert_int_equal(fake_supers, nsupers);
	client = ID_DEV;
	assert_int_equal(mem_dma_release(0).v1, at.v1 - 5);
	assert_int_equal(mem_dma_release((unsigned long)at.v1 - 5).v0, -COS_ENOENT);
	assert_true(before - frame_nfree() < 8);
}

static void test_program(void **state)
{
	struct cos_pair pair, query;
	long as, addr, lower, tid;
	uint64_t before;

	(void)state;
	client = ID_STORAGE;
	assert_int_equal(mem_as_create().v0, -COS_EPERM); /* it has no gate */
	client = ID_POSIX;
	before = frame_nfree();
	pair = mem_as_create();
	as = pair.v0;
	addr = mem_as_map(as, 0, 3 * PAGE, COS_PG_READ);
	lower = mem_as_map(as, 0, PAGE, COS_PG_READ);
	assert_true(addr > 0 && lower == addr - (long)PAGE); /* top down */
	query = mem_as_query(as, 0);
	assert_int_equal(query.v0, lower | COS_PG_READ);
	assert_int_equal(query.v1, addr + 3 * (long)PAGE);
	assert_int_equal(mem_as_query(as, (unsigned long)query.v1).v0, -COS_ENOENT);
	assert_int_equal(mem_as_map(as, 0, PAGE, COS_PG_WRITE | COS_PG_EXEC), -COS_EINVAL);
	assert_int_equal(mem_as_map(as, 0x1000, PAGE, COS_PG_READ | MEM_FIXED), -COS_EINVAL);
	assert_int_equal(mem_as_map(as, 0, 1UL << 50, COS_PG_READ), -COS_ENOMEM);
	assert_int_equal(mem_as_map(as, 0x500000, PAGE, COS_PG_READ), 0x500000);
	/* Grows in place; a neighbour is in the way of more. */
	assert_int_equal(mem_as_remap(as, 0x500000, PAGE, 3 * PAGE, 0, 0), 0x500000);
	assert_int_equal(mem_as_map(as, 0x503000, PAGE, COS_PG_READ | COS_PG_WRITE), 0x503000);
	assert_int_equal(mem_as_remap(as, 0x500000, 3 * PAGE, 4 * PAGE, 0, 0), -COS_ENOMEM);
	assert_true(mem_as_remap(as, 0x500000, 3 * PAGE, 4 * PAGE, MEM_MAYMOVE, 0) > 0);
	assert_null(touch(as, 0x500000, false));
	/* Execution: only where the region allows it, and never through a window. */
	assert_int_equal(mem_as_map(as, 0x600000, PAGE, COS_PG_READ | COS_PG_EXEC), 0x600000);
	assert_int_equal(mem_pagefault(14, 0x600000, FAULT_FETCH, 0, 0, as), 0);
	assert_int_equal(mem_pagefault(14, 0x503000, FAULT_FETCH, 0, 0, as), 1);
	assert_int_equal(
		mem_pagefault(14, MEM_WINDOW(pair.v1) + 0x600000, FAULT_FETCH, 0, 0, ID_STORAGE),
		1);
	/* A domain that sees the creator, and one that does not. */
	assert_non_null(touch(ID_POSIX, MEM_WINDOW(pair.v1) + 0x503000, true));
	assert_non_null(touch(ID_STORAGE, MEM_WINDOW(pair.v1) + 0x503000, true));
	assert_null(touch(ID_OTHER, MEM_WINDOW(pair.v1) + 0x503000, false));
	assert_null(touch(as, MEM_WINDOW(pair.v1) + 0x503000, false));
	/* A failing copy resumes where it fails; other code does not. */
	fake_resume_ip = 0;
	assert_int_equal(
		mem_pagefault(14, MEM_WINDOW(pair.v1) + 0x900000, 0, 0x1800, 0, ID_STORAGE), 0);
	assert_int_equal(fake_resume_ip, 0x2000);
	assert_int_equal(
		mem_pagefault(14, MEM_WINDOW(pair.v1) + 0x900000, 0, 0x2000, 0, ID_STORAGE), 1);
	/* Another component's programs are out of reach. */
	client = ID_STORAGE;
	assert_int_equal(mem_as_map(as, 0, PAGE, COS_PG_READ), -COS_ENOENT);
	assert_int_equal(mem_as_destroy(as), -COS_ENOENT);
	client = ID_SCHED;
	tid = mem_thd_create(as, 0, 0, 15, ID_POSIX);
	assert_true(tid > 1);
	/* A thread is made for a component itself, or for the creator of a program. */
	assert_int_equal(mem_thd_create(as, 0, 0, 15, ID_STORAGE), -COS_EPERM);
	assert_int_equal(mem_thd_create(as, 0, 0, 15, as), -COS_EPERM);
	assert_int_equal(mem_thd_create(ID_STORAGE, 0, 0, MEM_THD_NOGATE, ID_POSIX), -COS_EPERM);
	assert_int_equal(mem_thd_create(ID_MEM, 0, 0, MEM_THD_NOGATE, ID_STORAGE), -COS_EPERM);
	client = ID_POSIX;
	assert_int_equal(mem_thd_create(as, 0, 0, 15, ID_POSIX), -COS_EPERM);
	/* A fault that is none. */
	by_fault = false;
	assert_int_equal(mem_pagefault(14, 0x600000, FAULT_FETCH, 0, 0, as), -COS_EPERM);
	by_fault = true;
	/* A thread keeps it in existence, but not for its creator. */
	assert_int_equal(mem_as_destroy(as), 0);
	assert_int_equal(mem_as_destroy(as), -COS_ENOENT);
	assert_int_equal(mem_as_map(as, 0, PAGE, COS_PG_READ), -COS_ENOENT);
	assert_non_null(component_get(as));
	assert_non_null(touch(ID_POSIX, COS_STACK_VA + ((uint64_t)(tid + 1) << 16) - 8, true));
	assert_null(touch(ID_POSIX, COS_STACK_VA + ((uint64_t)tid << 16) + 8, true)); /* guard */
	assert_null(touch(ID_POSIX, COS_STACK_VA + (99UL << 16) - 8, true)); /* no such thread */
	client = ID_SCHED;
	assert_int_equal(mem_thd_destroy(tid), 0);
	assert_int_equal(mem_thd_destroy(tid), -COS_ENOENT);
	assert_null(component_get(as));
	client = ID_POSIX;
	/* Except wired stacks and their page tables, which stay for the next thread of that id. */
	assert_true(before - frame_nfree() < 40);
}

static void test_heap(void **state)
{
	uint64_t before;
	long p, q;

	(void)state;
	client = ID_OTHER;
	p = mem_map(PAGE, COS_PG_READ | COS_PG_WRITE);
	assert_non_null(touch(ID_OTHER, (uint64_t)p, true));
	before = frame_nfree();
	q = mem_map(2000 * PAGE, COS_PG_READ | COS_PG_WRITE);
	for (uint64_t i = 0; i < 2000; i++)
		*touch(ID_OTHER, (uint64_t)q + i * PAGE, true) = 1;
	assert_int_equal(mem_protect((unsigned long)q, 10 * PAGE, COS_PG_READ), 0);
	assert_null(touch(ID_OTHER, (uint64_t)q, true));
	assert_int_equal(*touch(ID_OTHER, (uint64_t)q, false), 1);
	assert_int_equal(mem_unmap((unsigned long)q + PAGE, 1998 * PAGE), 0);
	assert_null(touch(ID_OTHER, (uint64_t)q + PAGE, false));
	assert_int_equal(mem_unmap((unsigned long)q, 2000 * PAGE), -COS_EINVAL);
	assert_int_equal(mem_unmap((unsigned long)q, PAGE), 0);
	assert_int_equal(mem_unmap((unsigned long)q + 1999 * PAGE, PAGE), 0);
	assert_true(before - frame_nfree() < 8); /* page tables at the borders */
	component_get(ID_OTHER)->domain->space.max_pages = 100;
	assert_int_equal(mem_map(100 * PAGE, COS_PG_READ), -COS_ENOMEM);
	q = mem_map(99 * PAGE, COS_PG_READ | MEM_WIRED);
	assert_true(q > 0);
	assert_int_equal(mem_map(PAGE, COS_PG_READ), -COS_ENOMEM);
	assert_int_equal(mem_unmap((unsigned long)q, 99 * PAGE), 0);
	component_get(ID_OTHER)->domain->space.max_pages = 0;
}

static void test_map_at(void **state)
{
	long near = 0x7ff00000, p;

	(void)state;
	client = ID_OTHER;
	assert_int_equal(mem_map_at((unsigned long)near, 4 * PAGE, COS_PG_READ), near);
	p = mem_map_at((unsigned long)near + PAGE, PAGE, COS_PG_READ);
	assert_true(p >= COS_HEAP_VA && p < COS_HEAP_END);
	assert_int_equal(mem_unmap((unsigned long)p, PAGE), 0);
	p = mem_map_at((unsigned long)p + 100 * PAGE, PAGE, COS_PG_READ);
	assert_int_equal(mem_unmap((unsigned long)p, PAGE), 0);
	/* Not where the image, the stacks or nothing is; not across the end. */
	for (unsigned i = 0; i < 5; i++) {
		static const unsigned long wrong[] = {0x400000, COS_STACK_VA, 0x7fffe000,
						      0x40000001, -PAGE};

		p = mem_map_at(wrong[i], 4 * PAGE, COS_PG_READ);
		assert_true(p >= COS_HEAP_VA && p < COS_HEAP_END);
		assert_int_equal(mem_unmap((unsigned long)p, 4 * PAGE), 0);
	}
	assert_int_equal(mem_usage().v1, 0);
	assert_true(mem_usage().v0 >= 4);
	assert_int_equal(mem_unmap((unsigned long)near, 4 * PAGE), 0);
}

static uint32_t prot_at(uint64_t va)
{
	struct cos_results results = {0};

	assert_int_equal(cos_op_r(component_get(ID_OTHER)->domain->space.pgtbl, COS_PGTBL_LOOKUP,
				  va, 0, 0, 0, 0, 0, &results),
			 0);
	return (uint32_t)results.rdi;
}

static void test_write_or_execute(void **state)
{
	const unsigned long all = COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC;
	uint64_t p, ip = 0x500000;

	(void)state;
	client = ID_OTHER;
	assert_int_equal(mem_map(PAGE, all), -COS_EINVAL);
	assert_int_equal(mem_map(PAGE, all | MEM_TURNS | MEM_WIRED), -COS_EINVAL);
	p = (uint64_t)mem_map(16 * PAGE, all | MEM_TURNS);
	*touch(ID_OTHER, p, true) = 1;
	assert_int_equal(prot_at(p), COS_PG_READ | COS_PG_WRITE);
	assert_int_equal(mem_pagefault(14, p, FAULT_FETCH | 1, p, 0, ID_OTHER), 0);
	assert_int_equal(prot_at(p), COS_PG_READ | COS_PG_EXEC);
	assert_int_equal(mem_pagefault(14, p + PAGE, FAULT_FETCH | 1, p + PAGE, 0, ID_OTHER), 0);
	assert_int_equal(mem_pagefault(14, p, FAULT_WRITE | 1, p + PAGE, 0, ID_OTHER), 0);
	assert_int_equal(prot_at(p), COS_PG_READ | COS_PG_WRITE);
	assert_int_equal(prot_at(p + PAGE), COS_PG_READ | COS_PG_EXEC);
	/* Code that writes into its own page. */
	assert_int_equal(mem_pagefault(14, p + PAGE + 8, FAULT_WRITE | 1, p + PAGE, 0, ID_OTHER),
			 1);
	assert_int_equal(*touch(ID_OTHER, p, false), 1);
	/* An ordinary one does not change. */
	assert_int_equal(mem_protect(p, 16 * PAGE, COS_PG_READ | COS_PG_EXEC), 0);
	assert_int_equal(mem_pagefault(14, p, FAULT_WRITE | 1, ip, 0, ID_OTHER), 1);
	assert_int_equal(mem_unmap(p, 16 * PAGE), 0);
}

static void test_dma(void **state)
{
	uint64_t before;
	struct cos_pair pair;

	(void)state;
	client = ID_OTHER;
	assert_int_equal(mem_dma_alloc(ID_OTHER, PAGE, PAGE, 0).v0, -COS_EPERM);
	client = ID_DEV;
	assert_int_equal(mem_dma_alloc(ID_POSIX, PAGE, PAGE, 0).v0, -COS_EPERM);
	assert_true(mem_dma_alloc(ID_DEV, PAGE, PAGE, 0).v0 > 0);
	assert_true(mem_dma_alloc(ID_OTHER, PAGE, PAGE, 0).v0 > 0);
	before = frame_nfree();
	pair = mem_dma_alloc(ID_OTHER, 300 * PAGE, 2UL << 20, 1);
	assert_true(pair.v0 > 0 && pair.v1 % (2L << 20) == 0);
	assert_int_equal(before - frame_nfree(), 300);
	*touch(ID_OTHER, (uint64_t)pair.v0 + 299 * PAGE, true) = 7;
	assert_int_equal(mem_dma_pin(ID_OTHER, (unsigned long)pair.v0).v0, -COS_EFAULT);
	/* The component itself may not free it. */
	client = ID_OTHER;
	assert_int_equal(mem_dma_free(ID_OTHER, (unsigned long)pair.v0, 300 * PAGE), -COS_EPERM);
	assert_int_equal(mem_unmap((unsigned long)pair.v0, 300 * PAGE), -COS_EINVAL);
	client = ID_DEV;
	assert_int_equal(mem_dma_free(ID_OTHER, (unsigned long)pair.v0, 300 * PAGE), 0);
	assert_int_equal(before, frame_nfree());
	assert_int_equal(mem_dma_alloc(ID_OTHER, PAGE, 3, 0).v0, -COS_EINVAL);
	assert_int_equal(mem_dma_alloc(ID_OTHER, 0, PAGE, 0).v0, -COS_EINVAL);
	assert_int_equal(mem_dma_alloc(ID_OTHER, 1UL << 39, PAGE, 0).v0, -COS_ENOMEM);
}

/* service/mem/dma.c, I1: a frame that a device may reach stays out of use until dev releases it. */
static void test_pinned(void **state)
{
	struct cos_pair at[2], next;
	uint64_t p, before;

	(void)state;
	client = ID_OTHER;
	p = (uint64_t)mem_map(2 * PAGE, COS_PG_READ | COS_PG_WRITE);
	assert_int_equal(mem_dma_pin(ID_OTHER, p).v0, -COS_EPERM);
	client = ID_DEV;
	assert_int_equal(mem_dma_pin(ID_POSIX, p).v0, -COS_EPERM);
	assert_int_equal(mem_dma_release(0).v0, -COS_ENOENT);
	/* A page that is not there yet, and one that is, and may not be written to. */
	at[0] = mem_dma_pin(ID_OTHER, p + 100);
	assert_int_equal(at[0].v0, COS_PG_READ | COS_PG_WRITE);
	assert_true(at[0].v1 % PAGE == 100 && at[0].v1 >= (long)FAKE_PADDR);
	client = ID_OTHER;
	*touch(ID_OTHER, p + PAGE, true) = 1;
	assert_int_equal(mem_protect(p + PAGE, PAGE, COS_PG_READ), 0);
	client = ID_DEV;
	at[1] = mem_dma_pin(ID_OTHER, p + PAGE);
	assert_int_equal(at[1].v0, COS_PG_READ);
	assert_true(at[1].v1 != at[0].v1 - 100);
	assert_int_equal(mem_dma_release((unsigned long)at[1].v1).v0, -COS_EINVAL);
	/* Both are unmapped, but not free. */
	before = frame_nfree();
	client = ID_OTHER;
	assert_int_equal(mem_unmap(p, 2 * PAGE), 0);
	assert_int_equal(mem_dma_release(0).v0, -COS_EPERM);
	client = ID_DEV;
	assert_int_equal(mem_dma_pin(ID_OTHER, p).v0, -COS_EFAULT);
	assert_int_equal(frame_nfree(), before);
	next = mem_dma_release(0);
	assert_true(next.v0 == 0 && (next.v1 == at[0].v1 - 100 || next.v1 == at[1].v1));
	assert_int_equal(mem_dma_release(0).v1, next.v1);
	assert_int_equal(mem_dma_release((unsigned long)(at[0].v1 - 100 + at[1].v1 - next.v1)).v0,
			 -COS_EINVAL);
	next = mem_dma_release((unsigned long)next.v1);
	assert_int_equal(next.v0, 0);
	assert_int_equal(frame_nfree(), before + 1);
	assert_int_equal(mem_dma_release((unsigned long)next.v1).v0, -COS_ENOENT);
	assert_int_equal(frame_nfree(), before + 2);
}

static void test_shared(void **state)
{
	uint64_t before;
	long shm;

	(void)state;
	client = ID_POSIX;
	shm = mem_shm_create(PAGE);
	assert_int_equal(mem_shm_destroy((unsigned long)shm), 0);
	before = frame_nfree();
	shm = mem_shm_create(5UL << 20);
	assert_true((uint64_t)shm >> COS_SLOT_SHIFT == COS_SLOT_SHARED);
	*touch(ID_POSIX, (uint64_t)shm + (3UL << 20), true) = 5;
	assert_int_equal(*touch(ID_STORAGE, (uint64_t)shm + (3UL << 20), true), 5);
	*touch(ID_STORAGE, (uint64_t)shm + PAGE, true) = 6;
	assert_int_equal(*touch(ID_POSIX, (uint64_t)shm + PAGE, false), 6);
	assert_null(touch(ID_OTHER, (uint64_t)shm, false));
	assert_null(touch(ID_POSIX, (uint64_t)shm + (5UL << 20), false)); /* one past the end */
	client = ID_STORAGE;
	assert_int_equal(mem_shm_destroy((unsigned long)shm), -COS_EPERM);
	client = ID_POSIX;
	assert_int_equal(mem_shm_destroy((unsigned long)shm + PAGE), -COS_EINVAL);
	assert_int_equal(mem_shm_destroy((unsigned long)shm), 0);
	assert_null(touch(ID_STORAGE, (uint64_t)shm + PAGE, false));
	assert_int_equal(frame_nfree(), before);
}

/* service/mem/lock.h, I2: a mapping that was taken away is gone before the call returns. */
static void test_many_cores(void **state)
{
	long p;

	fake_ncores = 4;
	fake_epochs = fake_quiet = 0;
	client = ID_OTHER;
	p = mem_map(4 * PAGE, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
	assert_true(p > 0);
	assert_int_equal(fake_epochs, 0);
	assert_int_equal(mem_protect((unsigned long)p, PAGE, COS_PG_READ), 0);
	assert_int_equal(fake_epochs, 1);
	assert_int_equal(fake_quiet, 1);
	assert_int_equal(mem_unmap((unsigned long)p, 4 * PAGE), 0);
	assert_int_equal(fake_epochs, 2);
	assert_int_equal(fake_quiet, 2);
	p = mem_map(4 * PAGE, COS_PG_READ); /* never touched: nothing is taken away */
	assert_int_equal(mem_unmap((unsigned long)p, 4 * PAGE), 0);
	assert_int_equal(fake_epochs, 2);
	test_program(state);
	test_super(state);
	test_dma(state);
	test_shared(state);
	assert_int_equal(fake_epochs, fake_quiet);
	assert_true(fake_epochs > 4);
	fake_ncores = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_super),
		cmocka_unit_test(test_super_heap),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_heap),
		cmocka_unit_test(test_map_at),
		cmocka_unit_test(test_write_or_execute),
		cmocka_unit_test(test_dma),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_many_cores),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
