/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between NetBSD's structures, flags and numbers, which the backends speak, and Linux's. One
 * function each; none of them knows a process.
 */
#ifndef POSIX_ABI_CONVERT_H
#define POSIX_ABI_CONVERT_H

#include <stdbool.h>
#include <rump/socket.h>
#include <rump/types.h>
#include "abi/abi.h"

uint32_t open_flags_to_netbsd(uint32_t flags);
void stat_to_linux(const struct rump_stat *in, struct lx_stat *out);
void stat_to_statx(const struct lx_stat *in, struct lx_statx *out);
void statfs_to_linux(const struct rump_statvfs *in, struct lx_statfs *out);
/* AT_SYMLINK_NOFOLLOW and AT_SYMLINK_FOLLOW. */
uint32_t at_flags_to_netbsd(uint32_t flags);
/* A timespec of utimensat. False: tv_nsec is out of range. */
bool utime_to_netbsd(const struct lx_timespec *in, struct rump_timespec *out);
uint64_t dev_to_linux(uint32_t major, uint32_t minor);
uint64_t dev_to_netbsd(uint64_t dev);

/* A socket address of len bytes. The result's length, 0: not an address that the backend has. */
unsigned sockaddr_to_netbsd(const struct lx_sockaddr_storage *in, unsigned len,
			    struct rump_sockaddr_storage *out);
unsigned sockaddr_to_linux(const struct rump_sockaddr_storage *in, struct lx_sockaddr_storage *out);
/* Negative: the other side has no such family. */
int family_to_netbsd(int family);
int family_to_linux(int family);
/* Flags of send and recv; those that the backend does not have are left out. */
int msg_flags_to_netbsd(int flags);
int msg_flags_to_linux(int flags);

/* What the value of a socket option is. */
enum sockopt_kind {
	SOCKOPT_NONE,
	SOCKOPT_INT,
	SOCKOPT_BYTES,
	SOCKOPT_TIMEVAL,
	SOCKOPT_LINGER,
	SOCKOPT_ERROR
};
struct sockopt {
	int level, name; /* Linux's */
	int nb_level, nb_name;
	enum sockopt_kind kind;
};
/* By Linux's numbers. NULL: the backend has no such option. */
const struct sockopt *sockopt_find(int level, int name);

#endif
