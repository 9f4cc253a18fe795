/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs: components that come and go, each with an address space of its own, in which it has
 * slot 0. The page table of level 3 of that slot is linked into every domain that sees the creator:
 * this is the program's window there. All programs share one empty captbl.
 *
 *	made	mem_as_create: page table, windows, component, gate and handler
 *	ending	mem_as_destroy while it has threads: it is stopped, and its creator no longer has it
 *	gone	mem_as_destroy without threads, or program_end with the last of them
 */
#include <mem/program.h>
#include <cos/log.h>
#include "domain.h"
#include "frame.h"
#include "lock.h"
#include "meta.h"
#include "op.h"
#include "program.h"

static struct meta_pool component_pool = {.size = sizeof(struct component)};
static struct meta_pool domain_pool = {.size = sizeof(struct domain)};
_Static_assert(sizeof(struct domain) <= COS_PAGE_SIZE, "meta_alloc's limit");

struct component *program_get(long as)
{
	struct component *program = component_get(as), *client = component_client();

	return program != NULL && client != NULL && program->creator == client && !program->ending
		       ? program
		       : NULL;
}

static void unlink_windows(struct component *program)
{
	for (size_t i = 0; i < domain_count(); i++)
		if (domain_get(i)->space.slot[program->slot] != NULL)
			space_unborrow(&domain_get(i)->space, COS_SLOT((uint64_t)program->slot), 3);
}

static long link_windows(struct component *program, struct node *slot0)
{
	for (size_t i = 0; i < domain_count(); i++) {
		struct domain *domain = domain_get(i);
		long error;

		/* mem has views of the domains in these slots (link_view), and needs no window. */
		if (domain->wired || !domain_sees(domain, program->creator))
			continue;
		error = space_borrow(&domain->space, COS_SLOT((uint64_t)program->slot), slot0,
				     COS_PG_READ | COS_PG_WRITE);
		if (error < 0)
			return error;
	}
	return 0;
}

/* Set an exception target of the program, by a capability that exists only meanwhile. */
static long set_target(const struct component *program, unsigned operation, uint32_t comp,
		       uint64_t entry)
{
	uint32_t sinv = cap_alloc();
	long error;

	if (sinv == CAP_INVALID)
		return -COS_ENOMEM;
	error = mem_op4(CAP_OWN_CAPTBL, COS_MK_SINV, sinv, comp, entry, program->id);
	if (error < 0) {
		cap_free_empty(sinv);
		return error;
	}
	error = mem_op1(program->comp, operation, sinv);
	cos_assert(cap_free(sinv) == 0);
	return error;
}

static long make_component(struct component *program, const struct boot_component *creator)
{
	uint32_t frame = frame_alloc(0, false, COS_MEM_KERNEL), cap = cap_alloc();
	long error = -COS_ENOMEM;

	if (frame != FRAME_NONE && cap != CAP_INVALID)
		error = mem_op5(CAP_OWN_CAPTBL, COS_MK_COMP, cap, frame_mem(frame),
				domain_empty_captbl(), program->domain->space.pgtbl, program->id);
	if (error < 0) {
		if (frame != FRAME_NONE)
			frame_free(frame, 1);
		if (cap != CAP_INVALID)
			cap_free_empty(cap);
		return error;
	}
	program->comp = cap;
	program->comp_frame = frame;
	error = set_target(program, COS_COMP_SET_GATE, creator->gate_comp, creator->gate_entry);
	if (error == 0)
		error = set_target(program, COS_COMP_SET_HANDLER, creator->comp,
				   creator->handler_entry);
	if (error == 0)
		error = mem_op1(cap, COS_COMP_SET_PAGER, domain_pager());
	return error;
}

/* Make the page table: its root, and the node of slot 0, which is the window. */
static long make_space(struct component *program)
{
	struct space *space = &program->domain->space;
	struct node *slot0;

	space->pgtbl = cap_alloc();
	program->pgtbl_frame = frame_alloc(0, false, COS_MEM_KERNEL);
	if (space->pgtbl == CAP_INVALID || program->pgtbl_frame == FRAME_NONE ||
	    mem_op3(CAP_OWN_CAPTBL, COS_MK_PGTBL, space->pgtbl, frame_mem(program->pgtbl_frame),
		    4) < 0) {
		if (space->pgtbl != CAP_INVALID)
			cap_free_empty(space->pgtbl);
		space->pgtbl = CAP_INVALID;
		return -COS_ENOMEM;
	}
	slot0 = space_node(space, 0, 3);
	return slot0 == NULL ? -COS_ENOMEM : link_windows(program, slot0);
}

/* However much of it was made. COS_EBUSY: a thread is in it, and nothing was changed. */
static long program_delete(struct component *program)
{
	struct space *space = &program->domain->space;

	if (program->comp != 0) {
		long error = cap_free(program->comp);

		if (error < 0)
			return error;
	}
	if (program->comp_frame != FRAME_NONE)
		frame_free_object(program->comp_frame);
	if (program->slot != 0) {
		unlink_windows(program);
		window_give(program->slot);
	}
	space_destroy_slot0(space);
	region_remove(&space->regions, 0, UINT64_MAX);
	if (space->pgtbl != CAP_INVALID)
		cos_assert(cap_free(space->pgtbl) == 0);
	if (program->pgtbl_frame != FRAME_NONE)
		frame_free_object(program->pgtbl_frame);
	if (program->id != 0)
		component_remove(program);
	meta_free(&domain_pool, program->domain);
	meta_free(&component_pool, program);
	return 0;
}

static struct cos_pair program_create(struct component *creator)
{
	struct component *program = meta_alloc(&component_pool);
	struct domain *domain = meta_alloc(&domain_pool);
	long error = -COS_ENOMEM;

	if (program == NULL || domain == NULL) {
		if (program != NULL)
			meta_free(&component_pool, program);
		if (domain != NULL)
			meta_free(&domain_pool, domain);
		return (struct cos_pair){-COS_ENOMEM, 0};
	}
	domain->space.paged = true;
	program->domain = domain;
	program->creator = creator;
	program->comp_frame = FRAME_NONE;
	program->pgtbl_frame = FRAME_NONE;
	domain->captbl = domain_empty_captbl();
	program->slot = window_take(program);
	if (program->slot != 0 && component_add(program) != 0)
		error = make_space(program);
	if (error == 0)
		error = make_component(program, creator->boot);
	if (error < 0) {
		cos_assert(program_delete(program) == 0);
		return (struct cos_pair){error, 0};
	}
	return (struct cos_pair){program->id, program->slot};
}

struct cos_pair mem_as_create(void)
{
	struct cos_pair pair = {-COS_EPERM, 0};
	struct component *client;

	mem_lock();
	client = component_client();
	if (client != NULL && client->boot != NULL && client->boot->gate_entry != 0)
		pair = program_create(client);
	mem_unlock();
	return pair;
}

void program_end(struct component *program)
{
	long id = program->id, error = program_delete(program);

	if (error < 0)
		cos_log("mem: program %ld stays: error %ld\n", id, error);
}

long mem_as_destroy(long as)
{
	struct component *program;
	long error = -COS_ENOENT;

	mem_lock();
	program = program_get(as);
	if (program != NULL && program->nthreads > 0) {
		error = mem_op0(program->comp, COS_COMP_STOP);
		program->ending = error == 0;
	} else if (program != NULL) {
		error = program_delete(program);
	}
	mem_unlock();
	return error;
}

long mem_as_stop(long as)
{
	struct component *program;
	long error = -COS_ENOENT;

	mem_lock();
	program = program_get(as);
	if (program != NULL)
		error = mem_op0(program->comp, COS_COMP_STOP);
	mem_unlock();
	return error;
}
