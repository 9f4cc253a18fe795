/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls of an Ethernet bus in shared memory: those of NetBSD's if_shmem (same names and
 * signatures: sys/rump/net/lib/libshmif/shmif_user.h). The bus is a file of the host, and every
 * rump kernel on the bus has mapped it.
 *
 * Protocol. A sender puts a frame into the memory and then writes to the file (rumpuser_iovwrite).
 * The write notifies the receivers, which wait in watchwait.
 * I1 A write between two calls of watchwait is not lost: the second call returns at once.
 * I2 A notification carries no data and several may become one: a receiver looks at the memory.
 *
 * fd is a descriptor of rumpuser_open. Results are 0 or a NetBSD errno.
 */
#ifndef RUMPUSER_RUMPCOMP_SHMIF_H
#define RUMPUSER_RUMPCOMP_SHMIF_H

#include <stddef.h>

/*
 * Watch fd's file. *watchp: -1, or the value from an earlier call, to add one more file to that
 * watch.
 */
int rumpcomp_shmif_watchsetup(int *watchp, int fd);
/* Wait until a watched file has been written to since the last call (I1). */
int rumpcomp_shmif_watchwait(int watch);
/* Map len_bytes of the file, shared; a shorter file grows. */
int rumpcomp_shmif_mmap(int fd, size_t len_bytes, void **memp);

#endif
