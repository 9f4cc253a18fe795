/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page faults of every component that has a pager. What is made present, by where the address is:
 *
 *	slot 0, a region	a page of it, if the region's protection allows the access. Under
 *				MEM_TURNS the page allows writing or executing, whichever was tried.
 *	slot 0, a stack		a page of it, if there is such a thread and it is not the guard page
 *	a window		as if the program had faulted itself, but never to execute
 *	the shared slot		a page of the buffer, if the domain sees it
 *
 * Any other fault is declined, and the kernel asks the component's handler. Only a server that was
 * copying to or from a client resumes, where cos_copy_user returns COS_EFAULT (recover_copy).
 */
#include <mem/pager.h>
#include <cos/client.h>
#include <cos/log.h>
#include "domain.h"
#include "fault.h"
#include "lock.h"
#include "op.h"
#include "shm.h"
#include "thread.h"

/* Page-fault error code, SDM 3A 4.7. */
#define ERROR_WRITE (1 << 1)
#define ERROR_FETCH (1 << 4)

#define RESOLVED 0
#define DECLINED 1
/*
 * Mapped at once where a region has no pages around the address yet: neighbours are touched soon.
 */
#define AROUND_BYTES (8UL * COS_PAGE_SIZE)

static bool access_allowed(const struct region *region, long error)
{
	if (error & ERROR_FETCH)
		return (region->prot & COS_PG_EXEC) != 0;
	if (error & ERROR_WRITE)
		return (region->prot & COS_PG_WRITE) != 0;
	return region->prot != 0;
}

/* The aligned piece around addr, if it is all of the region and has no page yet; else the page. */
static void choose_pages(const struct space *space, const struct region *region, uint64_t addr,
			 uint64_t *start, uint64_t *end)
{
	struct node *leaf = space_leaf(space, addr);

	*start = addr & -AROUND_BYTES;
	*end = *start + AROUND_BYTES;
	if (*start >= region->start && *end <= region->end) {
		bool none = true;

		for (uint64_t va = *start; leaf != NULL && va < *end; va += COS_PAGE_SIZE)
			if (node_has(leaf, va) ||
			    (leaf->hidden != NULL && leaf->hidden[node_index(va, 1)] != 0))
				none = false;
		if (none)
			return;
	}
	*start = addr & -(uint64_t)COS_PAGE_SIZE;
	*end = *start + COS_PAGE_SIZE;
}

static bool is_full(const struct space *space, const struct region *region, uint64_t va)
{
	const struct node *leaf;

	if (va < region->start || va >= region->end || region->end - va < SPACE_SUPER)
		return false;
	leaf = space_leaf(space, va);
	return leaf != NULL && leaf->live == NODE_ENTRIES;
}

/*
 * Map a super-page around addr, if the region has all of it and all pages of the one before or
 * behind it are present. So a region has at most twice the memory that it uses.
 */
static bool populate_super(struct space *space, const struct region *region, uint64_t addr,
			   uint32_t prot)
{
	uint64_t start = addr & -SPACE_SUPER;

	if (prot != region->prot || start < region->start || region->end - start < SPACE_SUPER)
		return false;
	return (is_full(space, region, start - SPACE_SUPER) ||
		is_full(space, region, start + SPACE_SUPER)) &&
	       space_populate_superpage(space, start, prot);
}

/*
 * Rights to map a page with: the region's; under MEM_TURNS write or execute, whichever was tried.
 */
static uint32_t prot_now(const struct region *region, long error)
{
	const uint32_t both = COS_PG_WRITE | COS_PG_EXEC;

	if ((region->prot & both) != both)
		return region->prot;
	return region->prot & ~(uint32_t)(error & ERROR_FETCH ? COS_PG_WRITE : COS_PG_EXEC);
}

static bool region_fault(struct space *space, uint64_t addr, long error, uint64_t ip)
{
	struct region *region = region_at(&space->regions, addr);
	uint64_t page = addr & -(uint64_t)COS_PAGE_SIZE, start, end;
	struct node *leaf;
	uint32_t prot;

	if (region == NULL || region->kind != REGION_ANON || !access_allowed(region, error))
		return false;
	prot = prot_now(region, error);
	leaf = space_leaf(space, addr);
	if (leaf != NULL && node_has(leaf, addr)) {
		if (prot == region->prot) /* another thread has mapped it, or rights grew */
			return true;
		/*
		 * The page would have to be writable and executable at once: it never makes
		 * progress.
		 */
		if (!(error & ERROR_FETCH) && ip >= page && ip < page + COS_PAGE_SIZE)
			return false;
		return space_reprotect(space, page, page + COS_PAGE_SIZE, prot) == 0;
	}
	if (space_unhide(space, page, prot))
		return true;
	if (populate_super(space, region, addr, prot))
		return true;
	choose_pages(space, region, addr, &start, &end);
	if (space_populate(space, start, end, prot) == 0)
		return true;
	leaf = space_leaf(space, addr);
	return leaf != NULL && node_has(leaf, addr);
}

static bool stack_fault(struct domain *domain, uint64_t addr, long comp)
{
	uint64_t tid = (addr - COS_STACK_VA) >> COS_STACK_SHIFT;
	uint64_t page = addr & -(uint64_t)COS_PAGE_SIZE;

	if (!thread_exists(tid))
		return false;
	if (page == COS_STACK_VA + (tid << COS_STACK_SHIFT)) {
		cos_log("mem: component %ld: stack overflow of thread %lu\n", comp, tid);
		return false;
	}
	return space_populate(&domain->space, page, page + COS_PAGE_SIZE,
			      COS_PG_READ | COS_PG_WRITE) == 0;
}

static bool window_fault(struct domain *domain, uint64_t addr, long error, uint64_t ip)
{
	struct component *program = window_get(addr >> COS_SLOT_SHIFT);

	if (program == NULL || (error & ERROR_FETCH) || !domain_sees(domain, program->creator))
		return false;
	return region_fault(&program->domain->space, addr & (COS_SLOT(1UL) - 1), error, ip);
}

static bool is_program(const struct component *component)
{
	return component->boot == NULL;
}

bool fault_resolve(struct component *component, uint64_t addr, long error, uint64_t ip)
{
	uint64_t slot = addr >> COS_SLOT_SHIFT;
	struct domain *domain = component->domain;

	if (slot == 0 && !is_program(component) && addr >= COS_STACK_VA &&
	    addr < COS_STACK_VA + ((uint64_t)COS_THD_MAX << COS_STACK_SHIFT))
		return stack_fault(domain, addr, component->id);
	if (slot == 0)
		return region_fault(&domain->space, addr, error, ip);
	if (is_program(component))
		return false;
	if (slot <= COS_SLOT_WINDOW_LAST)
		return window_fault(domain, addr, error, ip);
	return slot == COS_SLOT_SHARED && shm_fault(domain, addr);
}

static bool recover_copy(const struct domain *domain, unsigned long ip)
{
	return ip >= domain->copy_start && ip < domain->copy_end &&
	       mem_op2(COS_CAP_SELF, COS_SELF_CALLER_SET, COS_REG_IP, domain->copy_fault) >= 0;
}

long mem_pagefault(long kind, unsigned long addr, long error, unsigned long ip, unsigned long sp,
		   long comp)
{
	struct component *component;
	long verdict = DECLINED;

	(void)sp;
	if (!cos_entered_by_fault())
		return -COS_EPERM;
	if (kind != COS_FAULT_PAGE)
		return DECLINED;
	mem_lock();
	component = component_get(comp);
	if (component != NULL && (fault_resolve(component, addr, error, ip) ||
				  (addr >= COS_SLOT(1UL) && recover_copy(component->domain, ip))))
		verdict = RESOLVED;
	mem_unlock();
	return verdict;
}
