/* SPDX-License-Identifier: BSD-2-Clause */
/* An lwp that waits in poll or select; shared by select.c, which wakes it, and poll.c. */
#ifndef RUMP_KERN_POLL_H
#define RUMP_KERN_POLL_H

#include "kern/sync.h"

struct selrec;

struct poller {
	struct kmutex po_lock;
	struct kcv po_cv;
	bool po_fired; /* po_lock guards it */
	struct selrec *po_recs;
	int po_error; /* a record could not be made: ENOMEM */
};

void poller_init(struct poller *po);
void poller_clear(struct poller *po); /* take the records off the objects */
void poller_fini(struct poller *po);

#endif
