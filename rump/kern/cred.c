/* SPDX-License-Identifier: BSD-2-Clause */
/* Credentials. They are immutable and counted; a change makes new ones (lwp.h). */
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/string.h"

static size_t cred_size(unsigned ngroups)
{
	return sizeof(struct cred) + ngroups * sizeof(rump_gid_t);
}

struct cred *cred_alloc(unsigned ngroups)
{
	struct cred *cr = kmem_zalloc(cred_size(ngroups));

	if (cr != NULL) {
		cr->cr_refs = 1;
		cr->cr_ngroups = ngroups;
	}
	return cr;
}

/* A copy with room for ngroups groups, for the caller to change; groups that fit are copied. */
struct cred *cred_dup(const struct cred *cr, unsigned ngroups)
{
	struct cred *n = cred_alloc(ngroups);

	if (n == NULL)
		return NULL;
	n->cr_uid = cr->cr_uid;
	n->cr_euid = cr->cr_euid;
	n->cr_svuid = cr->cr_svuid;
	n->cr_gid = cr->cr_gid;
	n->cr_egid = cr->cr_egid;
	n->cr_svgid = cr->cr_svgid;
	memcpy(n->cr_groups, cr->cr_groups,
	       (ngroups < cr->cr_ngroups ? ngroups : cr->cr_ngroups) * sizeof(rump_gid_t));
	return n;
}

void cred_hold(struct cred *cr)
{
	atomic_fetch_add_explicit(&cr->cr_refs, 1, memory_order_relaxed);
}

void cred_free(struct cred *cr)
{
	if (atomic_fetch_sub(&cr->cr_refs, 1) == 1)
		kmem_free(cr, cred_size(cr->cr_ngroups));
}

bool cred_ingroup(const struct cred *cr, rump_gid_t gid)
{
	if (cr->cr_egid == gid)
		return true;
	for (unsigned i = 0; i < cr->cr_ngroups; i++)
		if (cr->cr_groups[i] == gid)
			return true;
	return false;
}

void lwp_update_cred(struct lwp *l)
{
	struct proc *p = l->l_proc;
	struct cred *old = l->l_cred;

	if (old == atomic_load_explicit(&p->p_cred, memory_order_relaxed))
		return;
	mutex_enter(&p->p_lock);
	l->l_cred = p->p_cred;
	cred_hold(l->l_cred);
	mutex_exit(&p->p_lock);
	if (old != NULL)
		cred_free(old);
}

void proc_setcred(struct proc *p, struct cred *cr)
{
	struct cred *old;

	mutex_enter(&p->p_lock);
	old = p->p_cred;
	p->p_cred = cr;
	mutex_exit(&p->p_lock);
	if (old != NULL)
		cred_free(old);
	lwp_update_cred(curlwp);
}
