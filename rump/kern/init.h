/* SPDX-License-Identifier: BSD-2-Clause */
/* The start of kern's own parts, in the order rump_init calls them. */
#ifndef RUMP_KERN_INIT_H
#define RUMP_KERN_INIT_H

struct lwp;

void callout_bootstrap(void);
void softint_bootstrap(void);
void bdev_bootstrap(void);

/* exec: close what is marked close-on-exec. */
void fd_closeexec(struct lwp *l);

#endif
