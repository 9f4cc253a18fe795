/* SPDX-License-Identifier: BSD-2-Clause */
/* Translating NetBSD's structures, flags and numbers to Linux's, and back. */
#include <stdbool.h>
#include <cos/string.h>
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/fstype.h"

uint32_t open_flags_to_netbsd(uint32_t flags)
{
	static const struct {
		uint32_t linux_flag, netbsd;
	} map[] = {
		{LX_O_CREAT, RUMP_O_CREAT},	  {LX_O_EXCL, RUMP_O_EXCL},
		{LX_O_NOCTTY, RUMP_O_NOCTTY},	  {LX_O_TRUNC, RUMP_O_TRUNC},
		{LX_O_APPEND, RUMP_O_APPEND},	  {LX_O_NONBLOCK, RUMP_O_NONBLOCK},
		{LX_O_DSYNC, RUMP_O_DSYNC},	  {LX_O_DIRECTORY, RUMP_O_DIRECTORY},
		{LX_O_NOFOLLOW, RUMP_O_NOFOLLOW},
	};
	uint32_t out = flags & LX_O_ACCMODE; /* the same numbers */

	for (unsigned i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (flags & map[i].linux_flag)
			out |= map[i].netbsd;
	if ((flags & LX_O_SYNC) == LX_O_SYNC)
		out |= RUMP_O_SYNC;
	if (flags & LX_O_PATH) /* a name only: what matters is how it is looked up */
		out &= RUMP_O_DIRECTORY | RUMP_O_NOFOLLOW;
	return out;
}

uint64_t dev_to_linux(uint32_t major, uint32_t minor)
{
	return ((uint64_t)(major & 0xfff) << 8) | (minor & 0xff) |
	       ((uint64_t)(minor & ~0xffu) << 12) | ((uint64_t)(major & ~0xfffu) << 32);
}

uint64_t dev_to_netbsd(uint64_t dev)
{
	uint32_t major = (dev >> 8 & 0xfff) | (uint32_t)(dev >> 32 & ~0xfffull);
	uint32_t minor = (dev & 0xff) | (uint32_t)(dev >> 12 & ~0xffull);

	return RUMP_MAKEDEV(major, minor);
}

static struct lx_timespec timespec_to_linux(struct rump_timespec ts)
{
	return (struct lx_timespec){ts.tv_sec, ts.tv_nsec};
}

void stat_to_linux(const struct rump_stat *in, struct lx_stat *out)
{
	memset(out, 0, sizeof(*out));
	out->st_dev = dev_to_linux(RUMP_MAJOR(in->st_dev), RUMP_MINOR(in->st_dev));
	out->st_ino = in->st_ino;
	out->st_nlink = in->st_nlink;
	out->st_mode = in->st_mode; /* types and bits have the same numbers */
	out->st_uid = in->st_uid;
	out->st_gid = in->st_gid;
	if ((in->st_mode & RUMP_S_IFMT) == RUMP_S_IFCHR ||
	    (in->st_mode & RUMP_S_IFMT) == RUMP_S_IFBLK)
		out->st_rdev = dev_to_linux(RUMP_MAJOR(in->st_rdev), RUMP_MINOR(in->st_rdev));
	out->st_size = in->st_size;
	out->st_blksize = in->st_blksize;
	out->st_blocks = in->st_blocks;
	out->st_atim = timespec_to_linux(in->st_atim);
	out->st_mtim = timespec_to_linux(in->st_mtim);
	out->st_ctim = timespec_to_linux(in->st_ctim);
}

static struct lx_statx_timestamp statx_time(struct lx_timespec ts)
{
	return (struct lx_statx_timestamp){ts.tv_sec, (uint32_t)ts.tv_nsec, 0};
}

static uint32_t linux_major(uint64_t dev)
{
	return (dev >> 8 & 0xfff) | (uint32_t)(dev >> 32 & ~0xfffull);
}

static uint32_t linux_minor(uint64_t dev)
{
	return (dev & 0xff) | (uint32_t)(dev >> 12 & ~0xffull);
}

void stat_to_statx(const struct lx_stat *in, struct lx_statx *out)
{
	memset(out, 0, sizeof(*out));
	out->stx_mask = LX_STATX_BASIC_STATS;
	out->stx_blksize = (uint32_t)in->st_blksize;
	out->stx_nlink = (uint32_t)in->st_nlink;
	out->stx_uid = in->st_uid;
	out->stx_gid = in->st_gid;
	out->stx_mode = (uint16_t)in->st_mode;
	out->stx_ino = in->st_ino;
	out->stx_size = (uint64_t)in->st_size;
	out->stx_blocks = (uint64_t)in->st_blocks;
	out->stx_atime = statx_time(in->st_atim);
	out->stx_ctime = statx_time(in->st_ctim);
	out->stx_mtime = statx_time(in->st_mtim);
	out->stx_rdev_major = linux_major(in->st_rdev);
	out->stx_rdev_minor = linux_minor(in->st_rdev);
	out->stx_dev_major = linux_major(in->st_dev);
	out->stx_dev_minor = linux_minor(in->st_dev);
}

void statfs_to_linux(const struct rump_statvfs *in, struct lx_statfs *out)
{
	memset(out, 0, sizeof(*out));
	out->f_type = fs_type_magic(in->f_fstypename);
	out->f_bsize = (int64_t)in->f_bsize;
	out->f_frsize = (int64_t)in->f_frsize;
	/* NetBSD counts in f_frsize, Linux in f_bsize: equal in every file system here. */
	out->f_blocks = in->f_blocks;
	out->f_bfree = in->f_bfree;
	out->f_bavail = in->f_bavail;
	out->f_files = in->f_files;
	out->f_ffree = in->f_ffree;
	out->f_fsid[0] = in->f_fsidx[0];
	out->f_fsid[1] = in->f_fsidx[1];
	out->f_namelen = in->f_namemax < LX_NAME_MAX ? (int64_t)in->f_namemax : LX_NAME_MAX;
	out->f_flags = LX_ST_VALID | (in->f_flag & RUMP_MNT_RDONLY ? LX_ST_RDONLY : 0);
}

uint32_t at_flags_to_netbsd(uint32_t flags)
{
	return (flags & LX_AT_SYMLINK_NOFOLLOW ? RUMP_AT_SYMLINK_NOFOLLOW : 0) |
	       (flags & LX_AT_SYMLINK_FOLLOW ? RUMP_AT_SYMLINK_FOLLOW : 0);
}

bool utime_to_netbsd(const struct lx_timespec *in, struct rump_timespec *out)
{
	out->tv_sec = in->tv_sec;
	if (in->tv_nsec == LX_UTIME_NOW)
		out->tv_nsec = RUMP_UTIME_NOW;
	else if (in->tv_nsec == LX_UTIME_OMIT)
		out->tv_nsec = RUMP_UTIME_OMIT;
	else if (in->tv_nsec >= 0 && in->tv_nsec < 1000000000)
		out->tv_nsec = in->tv_nsec;
	else
		return false;
	return true;
}

int family_to_netbsd(int family)
{
	switch (family) {
	case LX_AF_UNSPEC:
		return RUMP_AF_UNSPEC;
	case LX_AF_INET:
		return RUMP_AF_INET;
	case LX_AF_INET6:
		return RUMP_AF_INET6;
	default:
		return -1;
	}
}

int family_to_linux(int family)
{
	switch (family) {
	case RUMP_AF_UNSPEC:
		return LX_AF_UNSPEC;
	case RUMP_AF_INET:
		return LX_AF_INET;
	case RUMP_AF_INET6:
		return LX_AF_INET6;
	default:
		return -1;
	}
}

/*
 * NetBSD's addresses begin with their length, a byte that Linux's lack; what follows the family is
 * the same for IPv4 and IPv6.
 */
unsigned sockaddr_to_netbsd(const struct lx_sockaddr_storage *in, unsigned len,
			    struct rump_sockaddr_storage *out)
{
	int family = len >= 2 ? family_to_netbsd(in->family) : -1;
	unsigned want = family == RUMP_AF_INET	  ? sizeof(struct rump_sockaddr_in)
			: family == RUMP_AF_INET6 ? sizeof(struct rump_sockaddr_in6)
						  : sizeof(struct rump_sockaddr);

	/* 24: RFC 2133's IPv6 address without a scope, which Linux takes too. */
	if (family < 0 || (family != RUMP_AF_UNSPEC && len < (family == RUMP_AF_INET6 ? 24 : want)))
		return 0;
	memset(out, 0, sizeof(*out));
	memcpy((char *)out + 2, in->data, (len < want ? len : want) - 2);
	out->ss_len = (uint8_t)want;
	out->ss_family = (uint8_t)family;
	return want;
}

unsigned sockaddr_to_linux(const struct rump_sockaddr_storage *in, struct lx_sockaddr_storage *out)
{
	int family = family_to_linux(in->ss_family);
	unsigned len = family == LX_AF_INET    ? sizeof(struct rump_sockaddr_in)
		       : family == LX_AF_INET6 ? sizeof(struct rump_sockaddr_in6)
					       : 0;

	memset(out, 0, sizeof(*out));
	if (len == 0)
		return 0;
	memcpy(out->data, (const char *)in + 2, len - 2);
	out->family = (uint16_t)family;
	return len;
}

int msg_flags_to_netbsd(int flags)
{
	int out = 0;

	if (flags & LX_MSG_OOB)
		out |= RUMP_MSG_OOB;
	if (flags & LX_MSG_PEEK)
		out |= RUMP_MSG_PEEK;
	if (flags & LX_MSG_DONTROUTE)
		out |= RUMP_MSG_DONTROUTE;
	if (flags & LX_MSG_TRUNC)
		out |= RUMP_MSG_TRUNC;
	/* posix itself sees to DONTWAIT, WAITALL, NOSIGNAL and MORE. */
	return out | RUMP_MSG_NOSIGNAL;
}

int msg_flags_to_linux(int flags)
{
	return (flags & RUMP_MSG_OOB ? LX_MSG_OOB : 0) | (flags & RUMP_MSG_EOR ? LX_MSG_EOR : 0) |
	       (flags & RUMP_MSG_TRUNC ? LX_MSG_TRUNC : 0) |
	       (flags & RUMP_MSG_CTRUNC ? LX_MSG_CTRUNC : 0);
}

#define SOCK(name, nb, kind)                                   \
	{                                                      \
		LX_SOL_SOCKET, name, RUMP_SOL_SOCKET, nb, kind \
	}
#define LEVEL(level, name, nb, kind)         \
	{                                    \
		level, name, level, nb, kind \
	} /* IPPROTO_* are the same */
static const struct sockopt sockopts[] = {
	SOCK(1, RUMP_SO_DEBUG, SOCKOPT_INT),
	SOCK(2, RUMP_SO_REUSEADDR, SOCKOPT_INT),
	SOCK(4, RUMP_SO_ERROR, SOCKOPT_ERROR),
	SOCK(5, RUMP_SO_DONTROUTE, SOCKOPT_INT),
	SOCK(6, RUMP_SO_BROADCAST, SOCKOPT_INT),
	SOCK(7, RUMP_SO_SNDBUF, SOCKOPT_INT),
	SOCK(8, RUMP_SO_RCVBUF, SOCKOPT_INT),
	SOCK(9, RUMP_SO_KEEPALIVE, SOCKOPT_INT),
	SOCK(10, RUMP_SO_OOBINLINE, SOCKOPT_INT),
	SOCK(13, RUMP_SO_LINGER, SOCKOPT_LINGER),
	SOCK(15, RUMP_SO_REUSEPORT, SOCKOPT_INT),
	LEVEL(0, 1 /* IP_TOS */, RUMP_IP_TOS, SOCKOPT_INT),
	LEVEL(0, 2 /* IP_TTL */, RUMP_IP_TTL, SOCKOPT_INT),
	LEVEL(0, 3 /* IP_HDRINCL */, RUMP_IP_HDRINCL, SOCKOPT_INT),
	LEVEL(0, 33 /* IP_MULTICAST_TTL */, RUMP_IP_MULTICAST_TTL, SOCKOPT_BYTES),
	LEVEL(0, 34 /* IP_MULTICAST_LOOP */, RUMP_IP_MULTICAST_LOOP, SOCKOPT_BYTES),
	LEVEL(0, 35 /* IP_ADD_MEMBERSHIP */, RUMP_IP_ADD_MEMBERSHIP, SOCKOPT_BYTES),
	LEVEL(0, 36 /* IP_DROP_MEMBERSHIP */, RUMP_IP_DROP_MEMBERSHIP, SOCKOPT_BYTES),
	LEVEL(6, 1 /* TCP_NODELAY */, RUMP_TCP_NODELAY, SOCKOPT_INT),
	LEVEL(6, 2 /* TCP_MAXSEG */, RUMP_TCP_MAXSEG, SOCKOPT_INT),
	LEVEL(6, 4 /* TCP_KEEPIDLE */, RUMP_TCP_KEEPIDLE, SOCKOPT_INT),
	LEVEL(6, 5 /* TCP_KEEPINTVL */, RUMP_TCP_KEEPINTVL, SOCKOPT_INT),
	LEVEL(6, 6 /* TCP_KEEPCNT */, RUMP_TCP_KEEPCNT, SOCKOPT_INT),
	LEVEL(41, 16 /* IPV6_UNICAST_HOPS */, RUMP_IPV6_UNICAST_HOPS, SOCKOPT_INT),
	LEVEL(41, 18 /* IPV6_MULTICAST_HOPS */, RUMP_IPV6_MULTICAST_HOPS, SOCKOPT_INT),
	LEVEL(41, 19 /* IPV6_MULTICAST_LOOP */, RUMP_IPV6_MULTICAST_LOOP, SOCKOPT_INT),
	LEVEL(41, 20 /* IPV6_ADD_MEMBERSHIP */, RUMP_IPV6_JOIN_GROUP, SOCKOPT_BYTES),
	LEVEL(41, 21 /* IPV6_DROP_MEMBERSHIP */, RUMP_IPV6_LEAVE_GROUP, SOCKOPT_BYTES),
	LEVEL(41, 26 /* IPV6_V6ONLY */, RUMP_IPV6_V6ONLY, SOCKOPT_INT),
	LEVEL(41, 67 /* IPV6_TCLASS */, RUMP_IPV6_TCLASS, SOCKOPT_INT),
};

const struct sockopt *sockopt_find(int level, int name)
{
	for (unsigned i = 0; i < sizeof(sockopts) / sizeof(sockopts[0]); i++)
		if (sockopts[i].level == level && sockopts[i].name == name)
			return &sockopts[i];
	return NULL;
}
