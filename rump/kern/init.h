/* SPDX-License-Identifier: BSD-2-Clause */
/* The start functions of kern's parts, in the order in which rump_init calls them. */
#ifndef RUMP_KERN_INIT_H
#define RUMP_KERN_INIT_H

struct lwp;

void callout_bootstrap(void);
void softint_bootstrap(void);
void bdev_bootstrap(void);

/* For exec: close the descriptors that are marked close-on-exec. */
void fd_closeexec(struct lwp *l);

#endif
