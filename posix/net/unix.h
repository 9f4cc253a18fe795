/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX sockets. */
#ifndef POSIX_NET_UNIX_H
#define POSIX_NET_UNIX_H

struct file;

/* 0 or -LX_ESOCKTNOSUPPORT, -LX_ENOMEM. */
long unix_create(int type, struct file **out);
/* Two sockets that are connected to each other. */
long unix_pair(int type, struct file *out[2]);

#endif
