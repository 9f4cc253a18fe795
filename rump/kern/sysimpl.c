/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C functions of rump/rump_syscalls.h. Each puts its arguments into the slots that the call's
 * handler expects and makes the system call. The slots are those of NetBSD's sys_*_args: one for
 * each argument, and an empty one before an off_t that would not be aligned.
 */
#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/syscall.h>

#include <stdarg.h>

#include "rumpuser.h"

static rump_register_t sysimpl_call(int num, int64_t *slots, size_t len)
{
	rump_register_t retval[2];
	int error = rump_syscall(num, slots, len, retval);

	rumpuser_seterrno(error);
	return error == 0 ? retval[0] : -1;
}

#define CALL(num, ...) sysimpl_call(num, (int64_t[8]){__VA_ARGS__}, 8 * sizeof(int64_t))
#define P(ptr) ((int64_t)(uintptr_t)(ptr))

rump_ssize_t rump_sys_read(int a, void *b, size_t c)
{
	return (rump_ssize_t)CALL(RUMP_SYS_read, a, P(b), c);
}

rump_ssize_t rump_sys_write(int a, const void *b, size_t c)
{
	return (rump_ssize_t)CALL(RUMP_SYS_write, a, P(b), c);
}

int rump_sys_open(const char *a, int b, ...)
{
	va_list ap;

	va_start(ap, b);
	int x = va_arg(ap, int);
	va_end(ap);
	return (int)CALL(RUMP_SYS_open, P(a), b, x);
}

int rump_sys_close(int a)
{
	return (int)CALL(RUMP_SYS_close, a);
}

int rump_sys_link(const char *a, const char *b)
{
	return (int)CALL(RUMP_SYS_link, P(a), P(b));
}

int rump_sys_unlink(const char *a)
{
	return (int)CALL(RUMP_SYS_unlink, P(a));
}

int rump_sys_chdir(const char *a)
{
	return (int)CALL(RUMP_SYS_chdir, P(a));
}

int rump_sys_fchdir(int a)
{
	return (int)CALL(RUMP_SYS_fchdir, a);
}

int rump_sys_chmod(const char *a, rump_mode_t b)
{
	return (int)CALL(RUMP_SYS_chmod, P(a), b);
}

int rump_sys_chown(const char *a, rump_uid_t b, rump_gid_t c)
{
	return (int)CALL(RUMP_SYS_chown, P(a), b, c);
}

rump_pid_t rump_sys_getpid(void)
{
	return (rump_pid_t)CALL(RUMP_SYS_getpid, 0);
}

int rump_sys_unmount(const char *a, int b)
{
	return (int)CALL(RUMP_SYS_unmount, P(a), b);
}

int rump_sys_setuid(rump_uid_t a)
{
	return (int)CALL(RUMP_SYS_setuid, a);
}

rump_uid_t rump_sys_getuid(void)
{
	return (rump_uid_t)CALL(RUMP_SYS_getuid, 0);
}

rump_uid_t rump_sys_geteuid(void)
{
	return (rump_uid_t)CALL(RUMP_SYS_geteuid, 0);
}

rump_ssize_t rump_sys_recvmsg(int a, struct rump_msghdr *b, int c)
{
	return (rump_ssize_t)CALL(RUMP_SYS_recvmsg, a, P(b), c);
}

rump_ssize_t rump_sys_sendmsg(int a, const struct rump_msghdr *b, int c)
{
	return (rump_ssize_t)CALL(RUMP_SYS_sendmsg, a, P(b), c);
}

rump_ssize_t rump_sys_recvfrom(int a, void *b, size_t c, int d, struct rump_sockaddr *e,
			       rump_socklen_t *f)
{
	return (rump_ssize_t)CALL(RUMP_SYS_recvfrom, a, P(b), c, d, P(e), P(f));
}

int rump_sys_accept(int a, struct rump_sockaddr *b, rump_socklen_t *c)
{
	return (int)CALL(RUMP_SYS_accept, a, P(b), P(c));
}

int rump_sys_getpeername(int a, struct rump_sockaddr *b, rump_socklen_t *c)
{
	return (int)CALL(RUMP_SYS_getpeername, a, P(b), P(c));
}

int rump_sys_getsockname(int a, struct rump_sockaddr *b, rump_socklen_t *c)
{
	return (int)CALL(RUMP_SYS_getsockname, a, P(b), P(c));
}

int rump_sys_access(const char *a, int b)
{
	return (int)CALL(RUMP_SYS_access, P(a), b);
}

void rump_sys_sync(void)
{
	CALL(RUMP_SYS_sync, 0);
}

rump_pid_t rump_sys_getppid(void)
{
	return (rump_pid_t)CALL(RUMP_SYS_getppid, 0);
}

int rump_sys_dup(int a)
{
	return (int)CALL(RUMP_SYS_dup, a);
}

rump_gid_t rump_sys_getegid(void)
{
	return (rump_gid_t)CALL(RUMP_SYS_getegid, 0);
}

rump_gid_t rump_sys_getgid(void)
{
	return (rump_gid_t)CALL(RUMP_SYS_getgid, 0);
}

int rump_sys_ioctl(int a, unsigned long b, ...)
{
	va_list ap;

	va_start(ap, b);
	void *x = va_arg(ap, void *);
	va_end(ap);
	return (int)CALL(RUMP_SYS_ioctl, a, b, P(x));
}

int rump_sys_symlink(const char *a, const char *b)
{
	return (int)CALL(RUMP_SYS_symlink, P(a), P(b));
}

rump_ssize_t rump_sys_readlink(const char *a, char *b, size_t c)
{
	return (rump_ssize_t)CALL(RUMP_SYS_readlink, P(a), P(b), c);
}

rump_mode_t rump_sys_umask(rump_mode_t a)
{
	return (rump_mode_t)CALL(RUMP_SYS_umask, a);
}

int rump_sys_chroot(const char *a)
{
	return (int)CALL(RUMP_SYS_chroot, P(a));
}

int rump_sys_getgroups(int a, rump_gid_t *b)
{
	return (int)CALL(RUMP_SYS_getgroups, a, P(b));
}

int rump_sys_setgroups(int a, const rump_gid_t *b)
{
	return (int)CALL(RUMP_SYS_setgroups, a, P(b));
}

int rump_sys_getpgrp(void)
{
	return (int)CALL(RUMP_SYS_getpgrp, 0);
}

int rump_sys_setpgid(rump_pid_t a, rump_pid_t b)
{
	return (int)CALL(RUMP_SYS_setpgid, a, b);
}

int rump_sys_dup2(int a, int b)
{
	return (int)CALL(RUMP_SYS_dup2, a, b);
}

int rump_sys_fcntl(int a, int b, ...)
{
	va_list ap;

	va_start(ap, b);
	void *x = va_arg(ap, void *);
	va_end(ap);
	return (int)CALL(RUMP_SYS_fcntl, a, b, P(x));
}

int rump_sys_select(int a, rump_fd_set *b, rump_fd_set *c, rump_fd_set *d, struct rump_timeval *e)
{
	return (int)CALL(RUMP_SYS___select50, a, P(b), P(c), P(d), P(e));
}

int rump_sys_fsync(int a)
{
	return (int)CALL(RUMP_SYS_fsync, a);
}

int rump_sys_connect(int a, const struct rump_sockaddr *b, rump_socklen_t c)
{
	return (int)CALL(RUMP_SYS_connect, a, P(b), c);
}

int rump_sys_bind(int a, const struct rump_sockaddr *b, rump_socklen_t c)
{
	return (int)CALL(RUMP_SYS_bind, a, P(b), c);
}

int rump_sys_setsockopt(int a, int b, int c, const void *d, rump_socklen_t e)
{
	return (int)CALL(RUMP_SYS_setsockopt, a, b, c, P(d), e);
}

int rump_sys_listen(int a, int b)
{
	return (int)CALL(RUMP_SYS_listen, a, b);
}

int rump_sys_getsockopt(int a, int b, int c, void *d, rump_socklen_t *e)
{
	return (int)CALL(RUMP_SYS_getsockopt, a, b, c, P(d), P(e));
}

rump_ssize_t rump_sys_readv(int a, const struct rump_iovec *b, int c)
{
	return (rump_ssize_t)CALL(RUMP_SYS_readv, a, P(b), c);
}

rump_ssize_t rump_sys_writev(int a, const struct rump_iovec *b, int c)
{
	return (rump_ssize_t)CALL(RUMP_SYS_writev, a, P(b), c);
}

int rump_sys_fchown(int a, rump_uid_t b, rump_gid_t c)
{
	return (int)CALL(RUMP_SYS_fchown, a, b, c);
}

int rump_sys_fchmod(int a, rump_mode_t b)
{
	return (int)CALL(RUMP_SYS_fchmod, a, b);
}

int rump_sys_setreuid(rump_uid_t a, rump_uid_t b)
{
	return (int)CALL(RUMP_SYS_setreuid, a, b);
}

int rump_sys_setregid(rump_gid_t a, rump_gid_t b)
{
	return (int)CALL(RUMP_SYS_setregid, a, b);
}

int rump_sys_rename(const char *a, const char *b)
{
	return (int)CALL(RUMP_SYS_rename, P(a), P(b));
}

int rump_sys_flock(int a, int b)
{
	return (int)CALL(RUMP_SYS_flock, a, b);
}

int rump_sys_mkfifo(const char *a, rump_mode_t b)
{
	return (int)CALL(RUMP_SYS_mkfifo, P(a), b);
}

rump_ssize_t rump_sys_sendto(int a, const void *b, size_t c, int d, const struct rump_sockaddr *e,
			     rump_socklen_t f)
{
	return (rump_ssize_t)CALL(RUMP_SYS_sendto, a, P(b), c, d, P(e), f);
}

int rump_sys_shutdown(int a, int b)
{
	return (int)CALL(RUMP_SYS_shutdown, a, b);
}

int rump_sys_socketpair(int a, int b, int c, int *d)
{
	return (int)CALL(RUMP_SYS_socketpair, a, b, c, P(d));
}

int rump_sys_mkdir(const char *a, rump_mode_t b)
{
	return (int)CALL(RUMP_SYS_mkdir, P(a), b);
}

int rump_sys_rmdir(const char *a)
{
	return (int)CALL(RUMP_SYS_rmdir, P(a));
}

int rump_sys_utimes(const char *a, const struct rump_timeval *b)
{
	return (int)CALL(RUMP_SYS___utimes50, P(a), P(b));
}

int rump_sys_setsid(void)
{
	return (int)CALL(RUMP_SYS_setsid, 0);
}

rump_ssize_t rump_sys_pread(int a, void *b, size_t c, rump_off_t d)
{
	return (rump_ssize_t)CALL(RUMP_SYS_pread, a, P(b), c, 0, d);
}

rump_ssize_t rump_sys_pwrite(int a, const void *b, size_t c, rump_off_t d)
{
	return (rump_ssize_t)CALL(RUMP_SYS_pwrite, a, P(b), c, 0, d);
}

int rump_sys_setgid(rump_gid_t a)
{
	return (int)CALL(RUMP_SYS_setgid, a);
}

int rump_sys_setegid(rump_gid_t a)
{
	return (int)CALL(RUMP_SYS_setegid, a);
}

int rump_sys_seteuid(rump_uid_t a)
{
	return (int)CALL(RUMP_SYS_seteuid, a);
}

long rump_sys_pathconf(const char *a, int b)
{
	return (long)CALL(RUMP_SYS_pathconf, P(a), b);
}

long rump_sys_fpathconf(int a, int b)
{
	return (long)CALL(RUMP_SYS_fpathconf, a, b);
}

int rump_sys_getrlimit(int a, struct rump_rlimit *b)
{
	return (int)CALL(RUMP_SYS_getrlimit, a, P(b));
}

int rump_sys_setrlimit(int a, const struct rump_rlimit *b)
{
	return (int)CALL(RUMP_SYS_setrlimit, a, P(b));
}

rump_off_t rump_sys_lseek(int a, rump_off_t b, int c)
{
	return (rump_off_t)CALL(RUMP_SYS_lseek, a, 0, b, c);
}

int rump_sys_truncate(const char *a, rump_off_t b)
{
	return (int)CALL(RUMP_SYS_truncate, P(a), 0, b);
}

int rump_sys_ftruncate(int a, rump_off_t b)
{
	return (int)CALL(RUMP_SYS_ftruncate, a, 0, b);
}

int rump_sys_futimes(int a, const struct rump_timeval *b)
{
	return (int)CALL(RUMP_SYS___futimes50, a, P(b));
}

rump_pid_t rump_sys_getpgid(rump_pid_t a)
{
	return (rump_pid_t)CALL(RUMP_SYS_getpgid, a);
}

int rump_sys_reboot(int a, char *b)
{
	return (int)CALL(RUMP_SYS_reboot, a, P(b));
}

int rump_sys_poll(struct rump_pollfd *a, unsigned b, int c)
{
	return (int)CALL(RUMP_SYS_poll, P(a), b, c);
}

int rump_sys_fdatasync(int a)
{
	return (int)CALL(RUMP_SYS_fdatasync, a);
}

int rump_sys_lchmod(const char *a, rump_mode_t b)
{
	return (int)CALL(RUMP_SYS_lchmod, P(a), b);
}

int rump_sys_lchown(const char *a, rump_uid_t b, rump_gid_t c)
{
	return (int)CALL(RUMP_SYS_lchown, P(a), b, c);
}

int rump_sys_lutimes(const char *a, const struct rump_timeval *b)
{
	return (int)CALL(RUMP_SYS___lutimes50, P(a), P(b));
}

rump_pid_t rump_sys_getsid(rump_pid_t a)
{
	return (rump_pid_t)CALL(RUMP_SYS_getsid, a);
}

rump_ssize_t rump_sys_preadv(int a, const struct rump_iovec *b, int c, rump_off_t d)
{
	return (rump_ssize_t)CALL(RUMP_SYS_preadv, a, P(b), c, 0, d);
}

rump_ssize_t rump_sys_pwritev(int a, const struct rump_iovec *b, int c, rump_off_t d)
{
	return (rump_ssize_t)CALL(RUMP_SYS_pwritev, a, P(b), c, 0, d);
}

int rump_sys___getcwd(char *a, size_t b)
{
	return (int)CALL(RUMP_SYS___getcwd, P(a), b);
}

int rump_sys_fchroot(int a)
{
	return (int)CALL(RUMP_SYS_fchroot, a);
}

int rump_sys_kqueue(void)
{
	return (int)CALL(RUMP_SYS_kqueue, 0);
}

int rump_sys_kevent(int a, const struct rump_kevent *b, size_t c, struct rump_kevent *d, size_t e,
		    const struct rump_timespec *f)
{
	return (int)CALL(RUMP_SYS___kevent50, a, P(b), c, P(d), e, P(f));
}

int rump_sys_fsync_range(int a, int b, rump_off_t c, rump_off_t d)
{
	return (int)CALL(RUMP_SYS_fsync_range, a, b, c, d);
}

int rump_sys_getvfsstat(struct rump_statvfs *a, size_t b, int c)
{
	return (int)CALL(RUMP_SYS_getvfsstat, P(a), b, c);
}

int rump_sys_statvfs1(const char *a, struct rump_statvfs *b, int c)
{
	return (int)CALL(RUMP_SYS_statvfs1, P(a), P(b), c);
}

int rump_sys_fstatvfs1(int a, struct rump_statvfs *b, int c)
{
	return (int)CALL(RUMP_SYS_fstatvfs1, a, P(b), c);
}

int rump_sys_pselect(int a, rump_fd_set *b, rump_fd_set *c, rump_fd_set *d,
		     const struct rump_timespec *e, const rump_sigset_t *f)
{
	return (int)CALL(RUMP_SYS___pselect50, a, P(b), P(c), P(d), P(e), P(f));
}

int rump_sys_pollts(struct rump_pollfd *a, unsigned b, const struct rump_timespec *c,
		    const rump_sigset_t *d)
{
	return (int)CALL(RUMP_SYS___pollts50, P(a), b, P(c), P(d));
}

int rump_sys_stat(const char *a, struct rump_stat *b)
{
	return (int)CALL(RUMP_SYS___stat50, P(a), P(b));
}

int rump_sys_fstat(int a, struct rump_stat *b)
{
	return (int)CALL(RUMP_SYS___fstat50, a, P(b));
}

int rump_sys_lstat(const char *a, struct rump_stat *b)
{
	return (int)CALL(RUMP_SYS___lstat50, P(a), P(b));
}

int rump_sys_getdents(int a, char *b, size_t c)
{
	return (int)CALL(RUMP_SYS___getdents30, a, P(b), c);
}

int rump_sys_socket(int a, int b, int c)
{
	return (int)CALL(RUMP_SYS___socket30, a, b, c);
}

int rump_sys_mount(const char *a, const char *b, int c, void *d, size_t e)
{
	return (int)CALL(RUMP_SYS___mount50, P(a), P(b), c, P(d), e);
}

int rump_sys_posix_fadvise(int a, rump_off_t b, rump_off_t c, int d)
{
	return (int)CALL(RUMP_SYS___posix_fadvise50, a, 0, b, c, d);
}

int rump_sys_gettimeofday(struct rump_timeval *a, void *b)
{
	return (int)CALL(RUMP_SYS___gettimeofday50, P(a), P(b));
}

int rump_sys_clock_gettime(int a, struct rump_timespec *b)
{
	return (int)CALL(RUMP_SYS___clock_gettime50, a, P(b));
}

int rump_sys_clock_getres(int a, struct rump_timespec *b)
{
	return (int)CALL(RUMP_SYS___clock_getres50, a, P(b));
}

int rump_sys_nanosleep(const struct rump_timespec *a, struct rump_timespec *b)
{
	return (int)CALL(RUMP_SYS___nanosleep50, P(a), P(b));
}

int rump_sys_mknod(const char *a, rump_mode_t b, rump_dev_t c)
{
	return (int)CALL(RUMP_SYS___mknod50, P(a), b, c);
}

int rump_sys_pipe2(int *a, int b)
{
	return (int)CALL(RUMP_SYS_pipe2, P(a), b);
}

int rump_sys_dup3(int a, int b, int c)
{
	return (int)CALL(RUMP_SYS_dup3, a, b, c);
}

int rump_sys_kqueue1(int a)
{
	return (int)CALL(RUMP_SYS_kqueue1, a);
}

int rump_sys_paccept(int a, struct rump_sockaddr *b, rump_socklen_t *c, const rump_sigset_t *d,
		     int e)
{
	return (int)CALL(RUMP_SYS_paccept, a, P(b), P(c), P(d), e);
}

int rump_sys_linkat(int a, const char *b, int c, const char *d, int e)
{
	return (int)CALL(RUMP_SYS_linkat, a, P(b), c, P(d), e);
}

int rump_sys_renameat(int a, const char *b, int c, const char *d)
{
	return (int)CALL(RUMP_SYS_renameat, a, P(b), c, P(d));
}

int rump_sys_mkfifoat(int a, const char *b, rump_mode_t c)
{
	return (int)CALL(RUMP_SYS_mkfifoat, a, P(b), c);
}

int rump_sys_mknodat(int a, const char *b, rump_mode_t c, rump_dev_t d)
{
	return (int)CALL(RUMP_SYS_mknodat, a, P(b), c, 0, d);
}

int rump_sys_mkdirat(int a, const char *b, rump_mode_t c)
{
	return (int)CALL(RUMP_SYS_mkdirat, a, P(b), c);
}

int rump_sys_faccessat(int a, const char *b, int c, int d)
{
	return (int)CALL(RUMP_SYS_faccessat, a, P(b), c, d);
}

int rump_sys_fchmodat(int a, const char *b, rump_mode_t c, int d)
{
	return (int)CALL(RUMP_SYS_fchmodat, a, P(b), c, d);
}

int rump_sys_fchownat(int a, const char *b, rump_uid_t c, rump_gid_t d, int e)
{
	return (int)CALL(RUMP_SYS_fchownat, a, P(b), c, d, e);
}

int rump_sys_fstatat(int a, const char *b, struct rump_stat *c, int d)
{
	return (int)CALL(RUMP_SYS_fstatat, a, P(b), P(c), d);
}

int rump_sys_utimensat(int a, const char *b, const struct rump_timespec *c, int d)
{
	return (int)CALL(RUMP_SYS_utimensat, a, P(b), P(c), d);
}

int rump_sys_openat(int a, const char *b, int c, ...)
{
	va_list ap;

	va_start(ap, c);
	int x = va_arg(ap, int);
	va_end(ap);
	return (int)CALL(RUMP_SYS_openat, a, P(b), c, x);
}

rump_ssize_t rump_sys_readlinkat(int a, const char *b, char *c, size_t d)
{
	return (rump_ssize_t)CALL(RUMP_SYS_readlinkat, a, P(b), P(c), d);
}

int rump_sys_symlinkat(const char *a, int b, const char *c)
{
	return (int)CALL(RUMP_SYS_symlinkat, P(a), b, P(c));
}

int rump_sys_unlinkat(int a, const char *b, int c)
{
	return (int)CALL(RUMP_SYS_unlinkat, a, P(b), c);
}

int rump_sys_futimens(int a, const struct rump_timespec *b)
{
	return (int)CALL(RUMP_SYS_futimens, a, P(b));
}

int rump_sys_recvmmsg(int a, struct rump_mmsghdr *b, unsigned int c, unsigned int d,
		      struct rump_timespec *e)
{
	return (int)CALL(RUMP_SYS_recvmmsg, a, P(b), c, d, P(e));
}

int rump_sys_sendmmsg(int a, struct rump_mmsghdr *b, unsigned int c, unsigned int d)
{
	return (int)CALL(RUMP_SYS_sendmmsg, a, P(b), c, d);
}

int rump_sys_posix_fallocate(int a, rump_off_t b, rump_off_t c)
{
	return (int)CALL(RUMP_SYS_posix_fallocate, a, 0, b, c);
}

int rump_sys_fdiscard(int a, rump_off_t b, rump_off_t c)
{
	return (int)CALL(RUMP_SYS_fdiscard, a, 0, b, c);
}

int rump_sys_pipe(int *fds)
{
	int64_t slots[8] = {0};
	rump_register_t retval[2];
	int error = rump_syscall(RUMP_SYS_pipe, slots, sizeof(slots), retval);

	rumpuser_seterrno(error);
	if (error != 0)
		return -1;
	fds[0] = (int)retval[0];
	fds[1] = (int)retval[1];
	return 0;
}
