/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls of an Ethernet bus in shared memory: those that NetBSD's if_shmem makes (same
 * names and signatures: sys/rump/net/lib/libshmif/shmif_user.h). The bus is a file of the host,
 * which all rump kernels on it have mapped; who has put a frame there writes to the file by
 * rumpuser_iovwrite, for the others to notice. fd is of rumpuser_open. A NetBSD errno.
 */
#ifndef RUMPUSER_RUMPCOMP_SHMIF_H
#define RUMPUSER_RUMPCOMP_SHMIF_H

#include <stddef.h>

/* Watch fd's file. *watchp: of an earlier call, to watch one more file with, or -1. */
int rumpcomp_shmif_watchsetup(int *watchp, int fd);
/* Wait until a file that is watched has been written to. What happened before counts. */
int rumpcomp_shmif_watchwait(int watch);
/* Map the file, shared, len_bytes long: a shorter one grows. */
int rumpcomp_shmif_mmap(int fd, size_t len_bytes, void **memp);

#endif
