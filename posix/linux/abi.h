/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's binary interface on x86-64, as much as posix speaks of it: flags and structures as
 * programs see them, prefixed so that the host's or NetBSD's can stand beside them.
 */
#ifndef POSIX_LINUX_ABI_H
#define POSIX_LINUX_ABI_H

#include <stddef.h>
#include <stdint.h>

/* open, fcntl */
#define LX_O_ACCMODE 03
#define LX_O_RDONLY 00
#define LX_O_WRONLY 01
#define LX_O_RDWR 02
#define LX_O_CREAT 0100
#define LX_O_EXCL 0200
#define LX_O_NOCTTY 0400
#define LX_O_TRUNC 01000
#define LX_O_APPEND 02000
#define LX_O_NONBLOCK 04000
#define LX_O_DSYNC 010000
#define LX_O_ASYNC 020000
#define LX_O_DIRECT 040000
#define LX_O_LARGEFILE 0100000
#define LX_O_DIRECTORY 0200000
#define LX_O_NOFOLLOW 0400000
#define LX_O_NOATIME 01000000
#define LX_O_CLOEXEC 02000000
#define LX_O_SYNC 04010000
#define LX_O_PATH 010000000
#define LX_O_TMPFILE 020200000

#define LX_AT_FDCWD (-100)
#define LX_AT_SYMLINK_NOFOLLOW 0x100
#define LX_AT_REMOVEDIR 0x200
#define LX_AT_EACCESS 0x200
#define LX_AT_SYMLINK_FOLLOW 0x400
#define LX_AT_NO_AUTOMOUNT 0x800
#define LX_AT_EMPTY_PATH 0x1000
#define LX_AT_STATX_SYNC_TYPE 0x6000

#define LX_F_DUPFD 0
#define LX_F_GETFD 1
#define LX_F_SETFD 2
#define LX_F_GETFL 3
#define LX_F_SETFL 4
#define LX_F_GETLK 5
#define LX_F_SETLK 6
#define LX_F_SETLKW 7
#define LX_F_SETOWN 8
#define LX_F_GETOWN 9
#define LX_F_OFD_GETLK 36
#define LX_F_OFD_SETLK 37
#define LX_F_OFD_SETLKW 38
#define LX_F_DUPFD_CLOEXEC 1030
#define LX_F_SETPIPE_SZ 1031
#define LX_F_GETPIPE_SZ 1032
#define LX_FD_CLOEXEC 1
#define LX_F_RDLCK 0
#define LX_F_WRLCK 1
#define LX_F_UNLCK 2
struct lx_flock {
	int16_t l_type;
	int16_t l_whence;
	int64_t l_start;
	int64_t l_len;
	int32_t l_pid;
};
#define LX_LOCK_SH 1
#define LX_LOCK_EX 2
#define LX_LOCK_NB 4
#define LX_LOCK_UN 8

#define LX_SEEK_SET 0
#define LX_SEEK_CUR 1
#define LX_SEEK_END 2
#define LX_SEEK_DATA 3
#define LX_SEEK_HOLE 4

#define LX_S_IFMT 0170000
#define LX_S_IFSOCK 0140000
#define LX_S_IFLNK 0120000
#define LX_S_IFREG 0100000
#define LX_S_IFBLK 0060000
#define LX_S_IFDIR 0040000
#define LX_S_IFCHR 0020000
#define LX_S_IFIFO 0010000

#define LX_PATH_MAX 4096
#define LX_NAME_MAX 255
#define LX_IOV_MAX 1024
#define LX_RW_MAX 0x7ffff000 /* the most that one read or write moves */

struct lx_timespec {
	int64_t tv_sec;
	int64_t tv_nsec;
};
struct lx_timeval {
	int64_t tv_sec;
	int64_t tv_usec;
};
struct lx_itimerval {
	struct lx_timeval it_interval;
	struct lx_timeval it_value;
};
struct lx_itimerspec {
	struct lx_timespec it_interval;
	struct lx_timespec it_value;
};
struct lx_iovec {
	uint64_t iov_base;
	uint64_t iov_len;
};

struct lx_stat {
	uint64_t st_dev;
	uint64_t st_ino;
	uint64_t st_nlink;
	uint32_t st_mode;
	uint32_t st_uid;
	uint32_t st_gid;
	uint32_t pad0;
	uint64_t st_rdev;
	int64_t st_size;
	int64_t st_blksize;
	int64_t st_blocks;
	struct lx_timespec st_atim;
	struct lx_timespec st_mtim;
	struct lx_timespec st_ctim;
	int64_t unused[3];
};

struct lx_statx_timestamp {
	int64_t tv_sec;
	uint32_t tv_nsec;
	int32_t pad;
};
#define LX_STATX_BASIC_STATS 0x7ff
#define LX_STATX_BTIME 0x800
#define LX_STATX_RESERVED 0x80000000u
struct lx_statx {
	uint32_t stx_mask;
	uint32_t stx_blksize;
	uint64_t stx_attributes;
	uint32_t stx_nlink;
	uint32_t stx_uid;
	uint32_t stx_gid;
	uint16_t stx_mode;
	uint16_t pad0;
	uint64_t stx_ino;
	uint64_t stx_size;
	uint64_t stx_blocks;
	uint64_t stx_attributes_mask;
	struct lx_statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	uint32_t stx_rdev_major, stx_rdev_minor;
	uint32_t stx_dev_major, stx_dev_minor;
	uint64_t pad1[14];
};

struct lx_dirent64 {
	uint64_t d_ino;
	int64_t d_off;
	uint16_t d_reclen;
	uint8_t d_type;
	char d_name[];
} __attribute__((packed));
#define LX_DIRENT_NAME 19 /* offset of d_name */

struct lx_statfs {
	int64_t f_type;
	int64_t f_bsize;
	uint64_t f_blocks;
	uint64_t f_bfree;
	uint64_t f_bavail;
	uint64_t f_files;
	uint64_t f_ffree;
	int32_t f_fsid[2];
	int64_t f_namelen;
	int64_t f_frsize;
	int64_t f_flags;
	int64_t f_spare[4];
};
#define LX_EXT2_MAGIC 0xef53
#define LX_TMPFS_MAGIC 0x01021994
#define LX_ST_RDONLY 1
#define LX_ST_VALID 0x20

#define LX_UTIME_NOW 0x3fffffff
#define LX_UTIME_OMIT 0x3ffffffe

/* poll, epoll */
#define LX_POLLIN 0x0001
#define LX_POLLPRI 0x0002
#define LX_POLLOUT 0x0004
#define LX_POLLERR 0x0008
#define LX_POLLHUP 0x0010
#define LX_POLLNVAL 0x0020
#define LX_POLLRDNORM 0x0040
#define LX_POLLRDBAND 0x0080
#define LX_POLLWRNORM 0x0100
#define LX_POLLWRBAND 0x0200
#define LX_POLLRDHUP 0x2000
#define LX_EPOLLEXCLUSIVE (1u << 28)
#define LX_EPOLLWAKEUP (1u << 29)
#define LX_EPOLLONESHOT (1u << 30)
#define LX_EPOLLET (1u << 31)
#define LX_EPOLL_CTL_ADD 1
#define LX_EPOLL_CTL_DEL 2
#define LX_EPOLL_CTL_MOD 3
struct lx_pollfd {
	int32_t fd;
	int16_t events;
	int16_t revents;
};
struct lx_epoll_event {
	uint32_t events;
	uint64_t data;
} __attribute__((packed));

/* signals */
#define LX_NSIG 64
#define LX_SIGHUP 1
#define LX_SIGINT 2
#define LX_SIGQUIT 3
#define LX_SIGILL 4
#define LX_SIGTRAP 5
#define LX_SIGABRT 6
#define LX_SIGBUS 7
#define LX_SIGFPE 8
#define LX_SIGKILL 9
#define LX_SIGUSR1 10
#define LX_SIGSEGV 11
#define LX_SIGUSR2 12
#define LX_SIGPIPE 13
#define LX_SIGALRM 14
#define LX_SIGTERM 15
#define LX_SIGSTKFLT 16
#define LX_SIGCHLD 17
#define LX_SIGCONT 18
#define LX_SIGSTOP 19
#define LX_SIGTSTP 20
#define LX_SIGTTIN 21
#define LX_SIGTTOU 22
#define LX_SIGURG 23
#define LX_SIGXCPU 24
#define LX_SIGXFSZ 25
#define LX_SIGVTALRM 26
#define LX_SIGPROF 27
#define LX_SIGWINCH 28
#define LX_SIGIO 29
#define LX_SIGPWR 30
#define LX_SIGSYS 31
#define LX_SIGBIT(sig) (1ull << ((sig)-1))

#define LX_SIG_DFL 0ul
#define LX_SIG_IGN 1ul
#define LX_SIG_BLOCK 0
#define LX_SIG_UNBLOCK 1
#define LX_SIG_SETMASK 2
#define LX_SA_NOCLDSTOP 0x00000001ul
#define LX_SA_NOCLDWAIT 0x00000002ul
#define LX_SA_SIGINFO 0x00000004ul
#define LX_SA_RESTORER 0x04000000ul
#define LX_SA_ONSTACK 0x08000000ul
#define LX_SA_RESTART 0x10000000ul
#define LX_SA_NODEFER 0x40000000ul
#define LX_SA_RESETHAND 0x80000000ul
struct lx_sigaction {
	uint64_t handler;
	uint64_t flags;
	uint64_t restorer;
	uint64_t mask;
};
#define LX_SS_ONSTACK 1
#define LX_SS_DISABLE 2
#define LX_SS_AUTODISARM (1u << 31)
#define LX_MINSIGSTKSZ 2048
struct lx_stack {
	uint64_t ss_sp;
	int32_t ss_flags;
	int32_t pad;
	uint64_t ss_size;
};
#define LX_SI_USER 0
#define LX_SI_KERNEL 0x80
#define LX_SI_QUEUE (-1)
#define LX_SI_TIMER (-2)
#define LX_SI_TKILL (-6)
#define LX_SEGV_MAPERR 1
#define LX_SEGV_ACCERR 2
#define LX_FPE_INTDIV 1
#define LX_FPE_FLTINV 7
#define LX_ILL_ILLOPN 2
#define LX_TRAP_BRKPT 1
#define LX_TRAP_TRACE 2
#define LX_BUS_ADRALN 1
#define LX_BUS_ADRERR 2
struct lx_siginfo {
	int32_t si_signo;
	int32_t si_errno;
	int32_t si_code;
	int32_t pad;
	union {
		struct {
			int32_t pid;
			uint32_t uid;
			uint64_t value;
		} kill;
		struct {
			int32_t timerid;
			int32_t overrun;
			uint64_t value;
		} timer;
		struct {
			int32_t pid;
			uint32_t uid;
			int32_t status;
			int32_t pad;
			int64_t utime;
			int64_t stime;
		} child;
		struct {
			uint64_t addr;
		} fault;
		uint8_t bytes[112];
	};
};
struct lx_sigcontext {
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
	uint16_t cs, gs, fs, ss;
	uint64_t err, trapno, oldmask, cr2;
	uint64_t fpstate;
	uint64_t reserved[8];
};
#define LX_UC_FP_XSTATE 1
#define LX_UC_SIGCONTEXT_SS 2
#define LX_UC_STRICT_RESTORE_SS 4
struct lx_ucontext {
	uint64_t uc_flags;
	uint64_t uc_link;
	struct lx_stack uc_stack;
	struct lx_sigcontext uc_mcontext;
	uint64_t uc_sigmask;
};
struct lx_rt_sigframe {
	uint64_t pretcode;
	struct lx_ucontext uc;
	struct lx_siginfo info;
};
#define LX_FP_XSTATE_MAGIC1 0x46505853u
#define LX_FP_XSTATE_MAGIC2 0x46505845u
#define LX_SFD_NONBLOCK LX_O_NONBLOCK
#define LX_SFD_CLOEXEC LX_O_CLOEXEC
struct lx_signalfd_siginfo {
	uint32_t ssi_signo;
	int32_t ssi_errno;
	int32_t ssi_code;
	uint32_t ssi_pid;
	uint32_t ssi_uid;
	uint8_t rest[108];
};

/* memory */
#define LX_PROT_READ 1
#define LX_PROT_WRITE 2
#define LX_PROT_EXEC 4
#define LX_PROT_GROWSDOWN 0x01000000
#define LX_PROT_GROWSUP 0x02000000
#define LX_MAP_SHARED 0x01
#define LX_MAP_PRIVATE 0x02
#define LX_MAP_SHARED_VALIDATE 0x03
#define LX_MAP_TYPE 0x0f
#define LX_MAP_FIXED 0x10
#define LX_MAP_ANONYMOUS 0x20
#define LX_MAP_POPULATE 0x8000
#define LX_MAP_FIXED_NOREPLACE 0x100000
#define LX_MREMAP_MAYMOVE 1
#define LX_MREMAP_FIXED 2
#define LX_MREMAP_DONTUNMAP 4
#define LX_MS_ASYNC 1
#define LX_MS_INVALIDATE 2
#define LX_MS_SYNC 4

/* threads */
#define LX_CLONE_VM 0x00000100ul
#define LX_CLONE_FS 0x00000200ul
#define LX_CLONE_FILES 0x00000400ul
#define LX_CLONE_SIGHAND 0x00000800ul
#define LX_CLONE_VFORK 0x00004000ul
#define LX_CLONE_THREAD 0x00010000ul
#define LX_CLONE_SYSVSEM 0x00040000ul
#define LX_CLONE_SETTLS 0x00080000ul
#define LX_CLONE_PARENT_SETTID 0x00100000ul
#define LX_CLONE_CHILD_CLEARTID 0x00200000ul
#define LX_CLONE_DETACHED 0x00400000ul
#define LX_CLONE_CHILD_SETTID 0x01000000ul
struct lx_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size, cgroup;
};
#define LX_FUTEX_WAIT 0
#define LX_FUTEX_WAKE 1
#define LX_FUTEX_REQUEUE 3
#define LX_FUTEX_CMP_REQUEUE 4
#define LX_FUTEX_WAKE_OP 5
#define LX_FUTEX_WAIT_BITSET 9
#define LX_FUTEX_WAKE_BITSET 10
#define LX_FUTEX_PRIVATE 128
#define LX_FUTEX_CLOCK_REALTIME 256
#define LX_FUTEX_WAITERS 0x80000000u
#define LX_FUTEX_OWNER_DIED 0x40000000u
#define LX_FUTEX_TID_MASK 0x3fffffffu
struct lx_robust_list_head {
	uint64_t next;
	int64_t futex_offset;
	uint64_t pending;
};
#define LX_ARCH_SET_GS 0x1001
#define LX_ARCH_SET_FS 0x1002
#define LX_ARCH_GET_FS 0x1003
#define LX_ARCH_GET_GS 0x1004

/* clocks */
#define LX_CLOCK_REALTIME 0
#define LX_CLOCK_MONOTONIC 1
#define LX_CLOCK_PROCESS_CPUTIME_ID 2
#define LX_CLOCK_THREAD_CPUTIME_ID 3
#define LX_CLOCK_MONOTONIC_RAW 4
#define LX_CLOCK_REALTIME_COARSE 5
#define LX_CLOCK_MONOTONIC_COARSE 6
#define LX_CLOCK_BOOTTIME 7
#define LX_CLOCK_REALTIME_ALARM 8
#define LX_CLOCK_BOOTTIME_ALARM 9
#define LX_CLOCK_TAI 11
#define LX_TIMER_ABSTIME 1
#define LX_TFD_CANCEL_ON_SET 2
#define LX_ITIMER_REAL 0
#define LX_ITIMER_VIRTUAL 1
#define LX_ITIMER_PROF 2

/* limits, accounting, names */
#define LX_RLIMIT_STACK 3
#define LX_RLIMIT_NPROC 6
#define LX_RLIMIT_NOFILE 7
#define LX_RLIM_NLIMITS 16
#define LX_RLIM_INFINITY (~0ull)
struct lx_rlimit {
	uint64_t cur;
	uint64_t max;
};
struct lx_rusage {
	struct lx_timeval ru_utime, ru_stime;
	int64_t ru_maxrss, ru_rest[13];
};
struct lx_tms {
	int64_t utime, stime, cutime, cstime;
};
struct lx_sysinfo {
	int64_t uptime;
	uint64_t loads[3];
	uint64_t totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	uint16_t procs;
	uint16_t pad;
	uint64_t totalhigh, freehigh;
	uint32_t mem_unit;
};
struct lx_utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

/* sockets */
#define LX_AF_UNSPEC 0
#define LX_AF_UNIX 1
#define LX_AF_INET 2
#define LX_AF_INET6 10
#define LX_SOCK_TYPE_MASK 0xf
#define LX_SOCK_STREAM 1
#define LX_SOCK_DGRAM 2
#define LX_SOCK_RAW 3
#define LX_SOCK_SEQPACKET 5
#define LX_SOCK_CLOEXEC LX_O_CLOEXEC
#define LX_SOCK_NONBLOCK LX_O_NONBLOCK
#define LX_SOL_SOCKET 1
#define LX_SCM_RIGHTS 1
#define LX_SCM_CREDENTIALS 2
#define LX_MSG_OOB 0x1
#define LX_MSG_PEEK 0x2
#define LX_MSG_DONTROUTE 0x4
#define LX_MSG_CTRUNC 0x8
#define LX_MSG_TRUNC 0x20
#define LX_MSG_DONTWAIT 0x40
#define LX_MSG_EOR 0x80
#define LX_MSG_WAITALL 0x100
#define LX_MSG_NOSIGNAL 0x4000
#define LX_MSG_MORE 0x8000
#define LX_MSG_WAITFORONE 0x10000
#define LX_MSG_CMSG_CLOEXEC 0x40000000
#define LX_SHUT_RD 0
#define LX_SHUT_WR 1
#define LX_SHUT_RDWR 2
struct lx_sockaddr_un {
	uint16_t family;
	char path[108];
};
struct lx_sockaddr_storage {
	uint16_t family;
	uint8_t data[126];
};
struct lx_msghdr {
	uint64_t name;
	uint32_t namelen;
	uint32_t pad0;
	uint64_t iov;
	uint64_t iovlen;
	uint64_t control;
	uint64_t controllen;
	int32_t flags;
	uint32_t pad1;
};
struct lx_mmsghdr {
	struct lx_msghdr hdr;
	uint32_t len;
	uint32_t pad;
};
struct lx_cmsghdr {
	uint64_t len;
	int32_t level;
	int32_t type;
};
struct lx_ucred {
	int32_t pid;
	uint32_t uid;
	uint32_t gid;
};

/* ioctl */
#define LX_TCGETS 0x5401
#define LX_TCSETS 0x5402
#define LX_TCSETSW 0x5403
#define LX_TCSETSF 0x5404
#define LX_TIOCGPGRP 0x540f
#define LX_TIOCSPGRP 0x5410
#define LX_TIOCGWINSZ 0x5413
#define LX_FIONREAD 0x541b
#define LX_FIONBIO 0x5421
#define LX_FIONCLEX 0x5450
#define LX_FIOCLEX 0x5451
#define LX_FIOASYNC 0x5452
struct lx_termios {
	uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
	uint8_t c_line;
	uint8_t c_cc[19];
};
struct lx_winsize {
	uint16_t row, col, xpixel, ypixel;
};

_Static_assert(sizeof(struct lx_stat) == 144, "Linux's struct stat");
_Static_assert(sizeof(struct lx_statx) == 256, "Linux's struct statx");
_Static_assert(sizeof(struct lx_statfs) == 120, "Linux's struct statfs");
_Static_assert(sizeof(struct lx_siginfo) == 128, "Linux's siginfo_t");
_Static_assert(sizeof(struct lx_sigcontext) == 256, "Linux's struct sigcontext");
_Static_assert(sizeof(struct lx_ucontext) == 304, "Linux's struct ucontext, 8 bytes of mask");
_Static_assert(sizeof(struct lx_epoll_event) == 12, "Linux's struct epoll_event");
_Static_assert(sizeof(struct lx_msghdr) == 56, "Linux's struct msghdr");
_Static_assert(sizeof(struct lx_flock) == 32, "Linux's struct flock");
_Static_assert(sizeof(struct lx_sysinfo) == 112, "Linux's struct sysinfo");
_Static_assert(sizeof(struct lx_signalfd_siginfo) == 128, "Linux's struct signalfd_siginfo");
_Static_assert(sizeof(struct lx_rusage) == 144, "Linux's struct rusage");

#endif
