/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NetBSD's structures and constants for files, clocks and events (amd64, NetBSD 7.99 layouts). They
 * are prefixed, so a host's own headers can be included as well.
 */
#ifndef RUMP_TYPES_H
#define RUMP_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t rump_pid_t;
typedef uint32_t rump_uid_t;
typedef uint32_t rump_gid_t;
typedef uint32_t rump_mode_t;
typedef uint64_t rump_dev_t;
typedef uint64_t rump_ino_t;
typedef int64_t rump_off_t;
typedef int64_t rump_ssize_t;
typedef long rump_register_t;

struct rump_timespec {
	int64_t tv_sec;
	long tv_nsec;
};
struct rump_timeval {
	int64_t tv_sec;
	int32_t tv_usec;
};

struct rump_iovec {
	void *iov_base;
	size_t iov_len;
};
#define RUMP_IOV_MAX 1024

struct rump_stat {
	uint64_t st_dev;
	uint32_t st_mode;
	uint64_t st_ino;
	uint32_t st_nlink;
	uint32_t st_uid;
	uint32_t st_gid;
	uint64_t st_rdev;
	struct rump_timespec st_atim;
	struct rump_timespec st_mtim;
	struct rump_timespec st_ctim;
	struct rump_timespec st_birthtim;
	int64_t st_size;
	int64_t st_blocks; /* of 512 bytes */
	int32_t st_blksize;
	uint32_t st_flags;
	uint32_t st_gen;
	uint32_t st_spare[2];
};

#define RUMP_S_IFMT 0170000
#define RUMP_S_IFIFO 0010000
#define RUMP_S_IFCHR 0020000
#define RUMP_S_IFDIR 0040000
#define RUMP_S_IFBLK 0060000
#define RUMP_S_IFREG 0100000
#define RUMP_S_IFLNK 0120000
#define RUMP_S_IFSOCK 0140000
#define RUMP_S_ISUID 04000
#define RUMP_S_ISGID 02000
#define RUMP_S_ISVTX 01000
#define RUMP_ALLPERMS 07777

#define RUMP_MAJOR(dev) ((uint32_t)(((dev) >> 8) & 0xfff))
#define RUMP_MINOR(dev) ((uint32_t)((((dev) >> 12) & 0xfff00) | ((dev)&0xff)))
#define RUMP_MAKEDEV(maj, min)                                                         \
	((((uint64_t)(maj) << 8) & 0xfff00) | (((uint64_t)(min) << 12) & 0xfff00000) | \
	 ((uint64_t)(min)&0xff))

#define RUMP_NAME_MAX 511
#define RUMP_PATH_MAX 1024 /* with the NUL */

struct rump_dirent {
	uint64_t d_fileno;
	uint16_t d_reclen;
	uint16_t d_namlen;
	uint8_t d_type;
	char d_name[RUMP_NAME_MAX + 1];
};
/* The record length of a name of namlen bytes: with its NUL, rounded up to 8. */
#define RUMP_DIRENT_RECLEN(namlen) \
	((uint16_t)((offsetof(struct rump_dirent, d_name) + (namlen) + 1 + 7) & ~(size_t)7))
#define RUMP_DT_UNKNOWN 0
#define RUMP_DT_FIFO 1
#define RUMP_DT_CHR 2
#define RUMP_DT_DIR 4
#define RUMP_DT_BLK 6
#define RUMP_DT_REG 8
#define RUMP_DT_LNK 10
#define RUMP_DT_SOCK 12

struct rump_statvfs {
	unsigned long f_flag;
	unsigned long f_bsize;
	unsigned long f_frsize;
	unsigned long f_iosize;
	uint64_t f_blocks;
	uint64_t f_bfree;
	uint64_t f_bavail;
	uint64_t f_bresvd;
	uint64_t f_files;
	uint64_t f_ffree;
	uint64_t f_favail;
	uint64_t f_fresvd;
	uint64_t f_syncreads;
	uint64_t f_syncwrites;
	uint64_t f_asyncreads;
	uint64_t f_asyncwrites;
	int32_t f_fsidx[2];
	unsigned long f_fsid;
	unsigned long f_namemax;
	uint32_t f_owner;
	uint32_t f_spare[4];
	char f_fstypename[32];
	char f_mntonname[1024];
	char f_mntfromname[1024];
};
#define RUMP_ST_WAIT 1
#define RUMP_ST_NOWAIT 2

/* mount flags */
#define RUMP_MNT_RDONLY 0x00000001
#define RUMP_MNT_SYNCHRONOUS 0x00000002
#define RUMP_MNT_NOEXEC 0x00000004
#define RUMP_MNT_NOSUID 0x00000008
#define RUMP_MNT_NODEV 0x00000010
#define RUMP_MNT_LOCAL 0x00001000
#define RUMP_MNT_ROOTFS 0x00004000
#define RUMP_MNT_UPDATE 0x00010000
#define RUMP_MNT_RELATIME 0x00020000
#define RUMP_MNT_FORCE 0x00080000
#define RUMP_MNT_NOATIME 0x04000000

/* mount arguments by file system type: "ext2fs" */
struct rump_ufs_args {
	char *fspec; /* path of the block device */
};
/* "tmpfs"; a maximum of 0 means as much as memory allows */
#define RUMP_TMPFS_ARGS_VERSION 1
struct rump_tmpfs_args {
	int ta_version;
	uint64_t ta_nodes_max;
	int64_t ta_size_max;
	uint32_t ta_root_uid;
	uint32_t ta_root_gid;
	uint32_t ta_root_mode;
};

/* open, fcntl */
#define RUMP_O_RDONLY 0x00000000
#define RUMP_O_WRONLY 0x00000001
#define RUMP_O_RDWR 0x00000002
#define RUMP_O_ACCMODE 0x00000003
#define RUMP_O_NONBLOCK 0x00000004
#define RUMP_O_APPEND 0x00000008
#define RUMP_O_SHLOCK 0x00000010
#define RUMP_O_EXLOCK 0x00000020
#define RUMP_O_ASYNC 0x00000040
#define RUMP_O_SYNC 0x00000080
#define RUMP_O_NOFOLLOW 0x00000100
#define RUMP_O_CREAT 0x00000200
#define RUMP_O_TRUNC 0x00000400
#define RUMP_O_EXCL 0x00000800
#define RUMP_O_NOCTTY 0x00008000
#define RUMP_O_DSYNC 0x00010000
#define RUMP_O_RSYNC 0x00020000
#define RUMP_O_DIRECT 0x00080000
#define RUMP_O_DIRECTORY 0x00200000
#define RUMP_O_CLOEXEC 0x00400000
#define RUMP_O_SEARCH 0x00800000
#define RUMP_O_NOSIGPIPE 0x01000000

#define RUMP_AT_FDCWD (-100)
#define RUMP_AT_EACCESS 0x100
#define RUMP_AT_SYMLINK_NOFOLLOW 0x200
#define RUMP_AT_SYMLINK_FOLLOW 0x400
#define RUMP_AT_REMOVEDIR 0x800

#define RUMP_F_OK 0
#define RUMP_X_OK 1
#define RUMP_W_OK 2
#define RUMP_R_OK 4

#define RUMP_SEEK_SET 0
#define RUMP_SEEK_CUR 1
#define RUMP_SEEK_END 2
#define RUMP_SEEK_DATA 3 /* as on other systems; NetBSD of these layouts has neither */
#define RUMP_SEEK_HOLE 4

#define RUMP_F_DUPFD 0
#define RUMP_F_GETFD 1
#define RUMP_F_SETFD 2
#define RUMP_F_GETFL 3
#define RUMP_F_SETFL 4
#define RUMP_F_GETOWN 5
#define RUMP_F_SETOWN 6
#define RUMP_F_GETLK 7
#define RUMP_F_SETLK 8
#define RUMP_F_SETLKW 9
#define RUMP_F_CLOSEM 10
#define RUMP_F_MAXFD 11
#define RUMP_F_DUPFD_CLOEXEC 12
#define RUMP_FD_CLOEXEC 1
#define RUMP_F_RDLCK 1
#define RUMP_F_UNLCK 2
#define RUMP_F_WRLCK 3
struct rump_flock {
	int64_t l_start;
	int64_t l_len;
	int32_t l_pid;
	int16_t l_type;
	int16_t l_whence;
};
#define RUMP_LOCK_SH 1
#define RUMP_LOCK_EX 2
#define RUMP_LOCK_NB 4
#define RUMP_LOCK_UN 8

#define RUMP_UTIME_NOW ((1 << 30) - 1)
#define RUMP_UTIME_OMIT ((1 << 30) - 2)

/* ioctl requests carry direction, size, group and number */
#define RUMP_IOC(dir, group, num, size)                                  \
	((unsigned long)(dir) | (((unsigned long)(size)&0x1fff) << 16) | \
	 ((unsigned long)(group) << 8) | (num))
#define RUMP_IOC_VOID 0x20000000ul
#define RUMP_IOC_OUT 0x40000000ul
#define RUMP_IOC_IN 0x80000000ul
#define RUMP_IOC_LEN(req) (((req) >> 16) & 0x1fff)
#define RUMP_FIOCLEX RUMP_IOC(RUMP_IOC_VOID, 'f', 1, 0)
#define RUMP_FIONCLEX RUMP_IOC(RUMP_IOC_VOID, 'f', 2, 0)
#define RUMP_FIONREAD RUMP_IOC(RUMP_IOC_OUT, 'f', 127, sizeof(int))
#define RUMP_FIONBIO RUMP_IOC(RUMP_IOC_IN, 'f', 126, sizeof(int))
#define RUMP_FIOASYNC RUMP_IOC(RUMP_IOC_IN, 'f', 125, sizeof(int))
#define RUMP_DIOCCACHESYNC RUMP_IOC(RUMP_IOC_IN, 'd', 118, sizeof(int))
#define RUMP_DIOCGMEDIASIZE RUMP_IOC(RUMP_IOC_OUT, 'd', 132, sizeof(int64_t))
#define RUMP_DIOCGSECTORSIZE RUMP_IOC(RUMP_IOC_OUT, 'd', 133, sizeof(int))

/* poll and select */
struct rump_pollfd {
	int fd;
	short events;
	short revents;
};
#define RUMP_POLLIN 0x0001
#define RUMP_POLLPRI 0x0002
#define RUMP_POLLOUT 0x0004
#define RUMP_POLLERR 0x0008
#define RUMP_POLLHUP 0x0010
#define RUMP_POLLNVAL 0x0020
#define RUMP_POLLRDNORM 0x0040
#define RUMP_POLLWRNORM RUMP_POLLOUT
#define RUMP_POLLRDBAND 0x0080
#define RUMP_POLLWRBAND 0x0100

#define RUMP_FD_SETSIZE 256 /* the type's; select itself takes any number of descriptors */
typedef struct {
	uint32_t fds_bits[RUMP_FD_SETSIZE / 32];
} rump_fd_set;
typedef struct {
	uint32_t bits[4];
} rump_sigset_t;

/* kqueue */
struct rump_kevent {
	uintptr_t ident;
	uint32_t filter;
	uint32_t flags;
	uint32_t fflags;
	int64_t data;
	intptr_t udata;
};
#define RUMP_EVFILT_READ 0u
#define RUMP_EVFILT_WRITE 1u
#define RUMP_EVFILT_VNODE 3u
#define RUMP_EVFILT_TIMER 6u
#define RUMP_EV_ADD 0x0001u
#define RUMP_EV_DELETE 0x0002u
#define RUMP_EV_ENABLE 0x0004u
#define RUMP_EV_DISABLE 0x0008u
#define RUMP_EV_ONESHOT 0x0010u
#define RUMP_EV_CLEAR 0x0020u
#define RUMP_EV_RECEIPT 0x0040u
#define RUMP_EV_DISPATCH 0x0080u
#define RUMP_EV_EOF 0x8000u
#define RUMP_EV_ERROR 0x4000u
#define RUMP_NOTE_LOWAT 0x0001u

#define RUMP_CLOCK_REALTIME 0
#define RUMP_CLOCK_MONOTONIC 3

struct rump_rlimit {
	uint64_t rlim_cur;
	uint64_t rlim_max;
};
#define RUMP_RLIMIT_FSIZE 1
#define RUMP_RLIMIT_NOFILE 8
#define RUMP_RLIM_NLIMITS 12
#define RUMP_RLIM_INFINITY (~((uint64_t)1 << 63))

#define RUMP_PC_LINK_MAX 1
#define RUMP_PC_NAME_MAX 4
#define RUMP_PC_PATH_MAX 5
#define RUMP_PC_PIPE_BUF 6
#define RUMP_PC_CHOWN_RESTRICTED 7
#define RUMP_PC_NO_TRUNC 8
#define RUMP_PC_SYNC_IO 10
#define RUMP_PC_FILESIZEBITS 11
#define RUMP_PC_SYMLINK_MAX 12
#define RUMP_PC_2_SYMLINKS 13

#define RUMP_RB_NOSYNC 0x04
#define RUMP_RB_HALT 0x08
#define RUMP_RB_DUMP 0x100

_Static_assert(sizeof(struct rump_stat) == 152, "NetBSD's struct stat");
_Static_assert(sizeof(struct rump_kevent) == 40, "NetBSD's struct kevent");
_Static_assert(offsetof(struct rump_dirent, d_name) == 13, "NetBSD's struct dirent");
_Static_assert(sizeof(struct rump_timeval) == 16, "NetBSD's struct timeval");
_Static_assert(sizeof(struct rump_flock) == 24, "NetBSD's struct flock");

#endif
