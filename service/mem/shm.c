/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared buffers (shm.h). */
#include <mem/mem.h>
#include <cos/log.h>
#include <cos/reach.h>
#include "frame.h"
#include "lock.h"
#include "meta.h"
#include "shm.h"

#define GRANULE (2UL << 20)
#define RW (COS_PG_READ | COS_PG_WRITE)

struct shm {
	struct component *owner;
	uint64_t start;
	uint64_t len; /* in whole pages */
};

static struct region_tree shared; /* addresses are the owner's (cos/reach.h), in all domains */
static struct meta_pool shm_pool = {.size = sizeof(struct shm)};

static uint64_t granules_end(const struct shm *shm)
{
	return shm->start + ((shm->len + GRANULE - 1) & -GRANULE);
}

/* Unlink the granule at va from every domain, and delete its leaf. */
static void granule_delete(const struct shm *shm, uint64_t va)
{
	struct node *node = space_leaf(&shm->owner->domain->space, va);

	for (size_t i = 0; i < domain_count(); i++)
		if (space_leaf(&domain_get(i)->space, va) != NULL)
			space_unborrow(&domain_get(i)->space, va, 1);
	if (node != NULL)
		node_delete(node);
}

static long granule_create(const struct shm *shm, uint64_t va)
{
	struct node *node = node_new(1);
	long error;

	if (node == NULL)
		return -COS_ENOMEM;
	error = space_borrow(&shm->owner->domain->space, va, node, RW);
	if (error < 0) {
		node_delete(node);
		return error;
	}
	for (size_t i = 0; i < domain_count() && error == 0; i++) {
		struct domain *domain = domain_get(i);

		if (domain != shm->owner->domain && domain_sees(domain, shm->owner))
			error = space_borrow(&domain->space, va, node, RW);
	}
	if (error < 0)
		granule_delete(shm, va);
	return error;
}

static long shm_create(struct component *owner, uint64_t len)
{
	struct space *space = &owner->domain->space;
	struct shm *shm = meta_alloc(&shm_pool);
	uint64_t va = 0;
	long error = -COS_ENOMEM;

	if (shm == NULL)
		return -COS_ENOMEM;
	*shm = (struct shm){.owner = owner, .len = len};
	shm->start = region_gap(&shared, cos_shared_part(owner->id), cos_shared_part(owner->id + 1),
				(len + GRANULE - 1) & -GRANULE, GRANULE, false);
	if (shm->start != 0 && space_charge(space, len / COS_PAGE_SIZE)) {
		error = 0;
		for (va = shm->start; va < granules_end(shm) && error == 0; va += GRANULE)
			error = granule_create(shm, va);
		if (error == 0 &&
		    !region_insert(&shared, shm->start, granules_end(shm), RW, REGION_SHARED, shm))
			error = -COS_ENOMEM;
		if (error < 0) {
			while (va > shm->start) {
				va -= GRANULE;
				granule_delete(shm, va);
			}
			space_uncharge(space, len / COS_PAGE_SIZE);
		}
	}
	if (error == 0)
		return (long)shm->start;
	meta_free(&shm_pool, shm);
	return error;
}

long mem_shm_create(unsigned long len_bytes)
{
	struct component *client;
	long addr = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL && (len_bytes == 0 || len_bytes > COS_SLOT(1UL)))
		addr = -COS_EINVAL;
	else if (client != NULL && client->boot != NULL)
		addr = shm_create(client,
				  (len_bytes + COS_PAGE_SIZE - 1) & -(uint64_t)COS_PAGE_SIZE);
	mem_unlock();
	return addr;
}

static long shm_destroy(struct component *owner, uint64_t addr)
{
	struct region *region = region_at(&shared, addr);
	struct shm *shm = region != NULL ? region->data : NULL;

	if (shm == NULL || shm->start != addr)
		return -COS_EINVAL;
	if (shm->owner != owner)
		return -COS_EPERM;
	space_clear(&owner->domain->space, shm->start, shm->start + shm->len);
	for (uint64_t va = shm->start; va < granules_end(shm); va += GRANULE)
		granule_delete(shm, va);
	region_remove(&shared, shm->start, granules_end(shm));
	space_uncharge(&owner->domain->space, shm->len / COS_PAGE_SIZE);
	meta_free(&shm_pool, shm);
	return 0;
}

long mem_shm_destroy(unsigned long addr)
{
	struct component *client;
	long error = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL)
		error = shm_destroy(client, addr);
	mem_unlock();
	return error;
}

bool shm_fault(struct domain *domain, uint64_t addr)
{
	struct region *region = region_at(&shared, addr);
	const struct shm *shm = region != NULL ? region->data : NULL;
	uint64_t page = addr & -(uint64_t)COS_PAGE_SIZE;
	struct node *leaf;

	if (shm == NULL || addr >= shm->start + shm->len || !domain_sees(domain, shm->owner))
		return false;
	leaf = space_leaf(&domain->space, addr);
	if (leaf == NULL)
		return false;
	return node_has(leaf, addr) ||
	       space_populate(&domain->space, page, page + COS_PAGE_SIZE, RW) == 0;
}
