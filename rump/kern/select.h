/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readiness: poll, select and kqueue over any object.
 *
 * An object that can become ready embeds a struct selinfo for each kind of waiter that it wakes.
 *
 * With the object's lock held:
 * I1 fo_poll computes the events that hold. If none holds, it calls selrecord(curlwp, &sel) before
 *    it unlocks the object.
 * I2 A change calls selnotify(&sel, 0 or KN_EOF), which wakes pollers and asks each knote's
 *    f_event. I1 and I2 together lose no change: it comes either before the check or after the
 *    record.
 *
 * kqueue filters:
 * I3 f_event(kn, hint) says whether the event holds, and sets kn_data; it may also set EV_EOF in
 *    kn_flags, and kn_fflags. From selnotify the hint has KN_LOCKED and the object's lock is held;
 *    from kevent(2) it is not held, and f_event takes it.
 * I4 f_attach comes through fo_kqfilter, which calls selinfo_attach. f_detach calls selinfo_detach
 *    and needs no lock of the object.
 *
 * I5 Order of locks: the object's, si_lock, a kqueue's or poller's.
 */
#ifndef RUMP_KERN_SELECT_H
#define RUMP_KERN_SELECT_H

#include <stdbool.h>

#include <rump/types.h>

#include "kern/list.h"
#include "kern/sync.h"

struct file;
struct kqueue;
struct lwp;

struct selinfo {
	struct kmutex si_lock;
	struct list si_pollers; /* struct selrec */
	struct list si_knotes;	/* kn_selnode */
};

void selinit(struct selinfo *si);
void seldestroy(struct selinfo *si); /* nothing is attached any more */
void selrecord(struct lwp *l, struct selinfo *si);
#define KN_LOCKED 0x80000000u
void selnotify(struct selinfo *si, unsigned hint);

struct knote;
struct filterops {
	bool f_isfd;			   /* ident is a descriptor */
	int (*f_attach)(struct knote *kn); /* only without f_isfd */
	void (*f_detach)(struct knote *kn);
	bool (*f_event)(struct knote *kn, unsigned hint);
};

struct knote {
	struct list kn_selnode; /* si_knotes; si_lock */
	struct list kn_fdnode;	/* fd_knotes or the kqueue's others; fd_lock */
	struct list kn_kqnode;	/* all of the kqueue; its lock */
	struct list kn_ready;	/* the ready queue; its lock */
	struct kqueue *kn_kq;
	const struct filterops *kn_fop;
	/* with f_isfd; not referenced, since closing the descriptor removes the knote */
	struct file *kn_file;
	void *kn_hook; /* the object's */
	struct selinfo *kn_sel;
	uintptr_t kn_ident;
	uint32_t kn_filter;
	_Atomic uint32_t kn_flags;	/* EV_ flags */
	uint32_t kn_fflags, kn_sfflags; /* reported; as requested (NOTE_LOWAT) */
	int64_t kn_data, kn_sdata;
	intptr_t kn_udata;
	unsigned kn_status; /* KN_ACTIVE and so on; kqueue lock */
};

void selinfo_attach(struct selinfo *si, struct knote *kn);
void selinfo_detach(struct knote *kn);

/* The event holds: queue the knote. With or without the object's lock. */
void knote_activate(struct knote *kn);
/* The descriptor is being closed: drop its knotes. fd_lock held. */
void knote_fdclose(struct list *knotes);

/* fo_kqfilter for objects that are always ready (regular files). */
int always_kqfilter(struct file *fp, struct knote *kn);

#endif
