/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The waiters of an object, and the poll side of them (select.h).
 *
 * A poller is on the stack of the lwp in poll or select.
 * I1 While the poller asks each file (fo_poll), a file that is not ready is recorded: a selrec
 *    links the poller with the object's selinfo.
 * I2 selnotify marks the pollers (po_fired) and wakes them; a woken poller asks all files again.
 * I3 The poller removes its records before it drops its references to the files, so the objects
 *    exist as long as records point at them.
 */
#include "kern/select.h"

#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/poll.h"
#include "kern/printf.h"

struct selrec {
	struct list sr_selnode; /* si_pollers; si_lock */
	struct selrec *sr_next; /* the poller's own */
	struct selinfo *sr_sel;
	struct poller *sr_poller;
};

void selinit(struct selinfo *si)
{
	mutex_init(&si->si_lock);
	list_init(&si->si_pollers);
	list_init(&si->si_knotes);
}

void seldestroy(struct selinfo *si)
{
	KASSERT(list_empty(&si->si_pollers));
	KASSERT(list_empty(&si->si_knotes));
	mutex_destroy(&si->si_lock);
}

void selrecord(struct lwp *l, struct selinfo *si)
{
	struct poller *po = l->l_poller;
	struct selrec *sr;

	if (po == NULL)
		return;
	sr = kmem_alloc(sizeof(*sr));
	if (sr == NULL) {
		po->po_error = RUMP_ENOMEM;
		return;
	}
	sr->sr_sel = si;
	sr->sr_poller = po;
	sr->sr_next = po->po_recs;
	po->po_recs = sr;
	mutex_enter(&si->si_lock);
	list_insert_tail(&si->si_pollers, &sr->sr_selnode);
	mutex_exit(&si->si_lock);
}

void selnotify(struct selinfo *si, unsigned hint)
{
	struct list *n;

	mutex_enter(&si->si_lock);
	list_foreach(n, &si->si_pollers) {
		struct poller *po = list_entry(n, struct selrec, sr_selnode)->sr_poller;

		mutex_enter(&po->po_lock);
		po->po_fired = true;
		cv_signal(&po->po_cv);
		mutex_exit(&po->po_lock);
	}
	list_foreach(n, &si->si_knotes) {
		struct knote *kn = list_entry(n, struct knote, kn_selnode);

		if (kn->kn_fop->f_event(kn, hint | KN_LOCKED))
			knote_activate(kn);
	}
	mutex_exit(&si->si_lock);
}

void selinfo_attach(struct selinfo *si, struct knote *kn)
{
	kn->kn_sel = si;
	mutex_enter(&si->si_lock);
	list_insert_tail(&si->si_knotes, &kn->kn_selnode);
	mutex_exit(&si->si_lock);
}

void selinfo_detach(struct knote *kn)
{
	struct selinfo *si = kn->kn_sel;

	mutex_enter(&si->si_lock);
	list_remove(&kn->kn_selnode);
	mutex_exit(&si->si_lock);
}

void poller_init(struct poller *po)
{
	mutex_init(&po->po_lock);
	cv_init(&po->po_cv);
	po->po_fired = false;
	po->po_recs = NULL;
	po->po_error = 0;
}

void poller_clear(struct poller *po)
{
	struct selrec *sr;

	while ((sr = po->po_recs) != NULL) {
		po->po_recs = sr->sr_next;
		mutex_enter(&sr->sr_sel->si_lock);
		list_remove(&sr->sr_selnode);
		mutex_exit(&sr->sr_sel->si_lock);
		kmem_free(sr, sizeof(*sr));
	}
}

void poller_fini(struct poller *po)
{
	poller_clear(po);
	cv_destroy(&po->po_cv);
	mutex_destroy(&po->po_lock);
}
