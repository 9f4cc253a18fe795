/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls of a rump kernel as C functions, under NetBSD's symbol names. A function returns
 * the value of the call, or -1 with the NetBSD errno given to rumpuser_seterrno. A caller without a
 * per-thread errno uses rump_syscall (rump/rump.h), which returns the errno.
 */
#ifndef RUMP_RUMP_SYSCALLS_H
#define RUMP_RUMP_SYSCALLS_H

#include <rump/socket.h>
#include <rump/types.h>

#define rump_sys_read rump___sysimpl_read
#define rump_sys_write rump___sysimpl_write
#define rump_sys_open rump___sysimpl_open
#define rump_sys_close rump___sysimpl_close
#define rump_sys_link rump___sysimpl_link
#define rump_sys_unlink rump___sysimpl_unlink
#define rump_sys_chdir rump___sysimpl_chdir
#define rump_sys_fchdir rump___sysimpl_fchdir
#define rump_sys_chmod rump___sysimpl_chmod
#define rump_sys_chown rump___sysimpl_chown
#define rump_sys_getpid rump___sysimpl_getpid
#define rump_sys_unmount rump___sysimpl_unmount
#define rump_sys_setuid rump___sysimpl_setuid
#define rump_sys_getuid rump___sysimpl_getuid
#define rump_sys_geteuid rump___sysimpl_geteuid
#define rump_sys_recvmsg rump___sysimpl_recvmsg
#define rump_sys_sendmsg rump___sysimpl_sendmsg
#define rump_sys_recvfrom rump___sysimpl_recvfrom
#define rump_sys_accept rump___sysimpl_accept
#define rump_sys_getpeername rump___sysimpl_getpeername
#define rump_sys_getsockname rump___sysimpl_getsockname
#define rump_sys_access rump___sysimpl_access
#define rump_sys_sync rump___sysimpl_sync
#define rump_sys_getppid rump___sysimpl_getppid
#define rump_sys_dup rump___sysimpl_dup
#define rump_sys_getegid rump___sysimpl_getegid
#define rump_sys_getgid rump___sysimpl_getgid
#define rump_sys_ioctl rump___sysimpl_ioctl
#define rump_sys_symlink rump___sysimpl_symlink
#define rump_sys_readlink rump___sysimpl_readlink
#define rump_sys_umask rump___sysimpl_umask
#define rump_sys_chroot rump___sysimpl_chroot
#define rump_sys_getgroups rump___sysimpl_getgroups
#define rump_sys_setgroups rump___sysimpl_setgroups
#define rump_sys_getpgrp rump___sysimpl_getpgrp
#define rump_sys_setpgid rump___sysimpl_setpgid
#define rump_sys_dup2 rump___sysimpl_dup2
#define rump_sys_fcntl rump___sysimpl_fcntl
#define rump_sys_select rump___sysimpl_select50
#define rump_sys_fsync rump___sysimpl_fsync
#define rump_sys_connect rump___sysimpl_connect
#define rump_sys_bind rump___sysimpl_bind
#define rump_sys_setsockopt rump___sysimpl_setsockopt
#define rump_sys_listen rump___sysimpl_listen
#define rump_sys_getsockopt rump___sysimpl_getsockopt
#define rump_sys_readv rump___sysimpl_readv
#define rump_sys_writev rump___sysimpl_writev
#define rump_sys_fchown rump___sysimpl_fchown
#define rump_sys_fchmod rump___sysimpl_fchmod
#define rump_sys_setreuid rump___sysimpl_setreuid
#define rump_sys_setregid rump___sysimpl_setregid
#define rump_sys_rename rump___sysimpl_rename
#define rump_sys_flock rump___sysimpl_flock
#define rump_sys_mkfifo rump___sysimpl_mkfifo
#define rump_sys_sendto rump___sysimpl_sendto
#define rump_sys_shutdown rump___sysimpl_shutdown
#define rump_sys_socketpair rump___sysimpl_socketpair
#define rump_sys_mkdir rump___sysimpl_mkdir
#define rump_sys_rmdir rump___sysimpl_rmdir
#define rump_sys_utimes rump___sysimpl_utimes50
#define rump_sys_setsid rump___sysimpl_setsid
#define rump_sys_pread rump___sysimpl_pread
#define rump_sys_pwrite rump___sysimpl_pwrite
#define rump_sys_setgid rump___sysimpl_setgid
#define rump_sys_setegid rump___sysimpl_setegid
#define rump_sys_seteuid rump___sysimpl_seteuid
#define rump_sys_pathconf rump___sysimpl_pathconf
#define rump_sys_fpathconf rump___sysimpl_fpathconf
#define rump_sys_getrlimit rump___sysimpl_getrlimit
#define rump_sys_setrlimit rump___sysimpl_setrlimit
#define rump_sys_lseek rump___sysimpl_lseek
#define rump_sys_truncate rump___sysimpl_truncate
#define rump_sys_ftruncate rump___sysimpl_ftruncate
#define rump_sys_futimes rump___sysimpl_futimes50
#define rump_sys_getpgid rump___sysimpl_getpgid
#define rump_sys_reboot rump___sysimpl_reboot
#define rump_sys_poll rump___sysimpl_poll
#define rump_sys_fdatasync rump___sysimpl_fdatasync
#define rump_sys_lchmod rump___sysimpl_lchmod
#define rump_sys_lchown rump___sysimpl_lchown
#define rump_sys_lutimes rump___sysimpl_lutimes50
#define rump_sys_getsid rump___sysimpl_getsid
#define rump_sys_preadv rump___sysimpl_preadv
#define rump_sys_pwritev rump___sysimpl_pwritev
#define rump_sys___getcwd rump___sysimpl___getcwd
#define rump_sys_fchroot rump___sysimpl_fchroot
#define rump_sys_kqueue rump___sysimpl_kqueue
#define rump_sys_kevent rump___sysimpl_kevent50
#define rump_sys_fsync_range rump___sysimpl_fsync_range
#define rump_sys_getvfsstat rump___sysimpl_getvfsstat
#define rump_sys_statvfs1 rump___sysimpl_statvfs1
#define rump_sys_fstatvfs1 rump___sysimpl_fstatvfs1
#define rump_sys_pselect rump___sysimpl_pselect50
#define rump_sys_pollts rump___sysimpl_pollts50
#define rump_sys_stat rump___sysimpl_stat50
#define rump_sys_fstat rump___sysimpl_fstat50
#define rump_sys_lstat rump___sysimpl_lstat50
#define rump_sys_getdents rump___sysimpl_getdents30
#define rump_sys_socket rump___sysimpl_socket30
#define rump_sys_mount rump___sysimpl_mount50
#define rump_sys_posix_fadvise rump___sysimpl_posix_fadvise50
#define rump_sys_gettimeofday rump___sysimpl_gettimeofday50
#define rump_sys_clock_gettime rump___sysimpl_clock_gettime50
#define rump_sys_clock_getres rump___sysimpl_clock_getres50
#define rump_sys_nanosleep rump___sysimpl_nanosleep50
#define rump_sys_mknod rump___sysimpl_mknod50
#define rump_sys_pipe2 rump___sysimpl_pipe2
#define rump_sys_dup3 rump___sysimpl_dup3
#define rump_sys_kqueue1 rump___sysimpl_kqueue1
#define rump_sys_paccept rump___sysimpl_paccept
#define rump_sys_linkat rump___sysimpl_linkat
#define rump_sys_renameat rump___sysimpl_renameat
#define rump_sys_mkfifoat rump___sysimpl_mkfifoat
#define rump_sys_mknodat rump___sysimpl_mknodat
#define rump_sys_mkdirat rump___sysimpl_mkdirat
#define rump_sys_faccessat rump___sysimpl_faccessat
#define rump_sys_fchmodat rump___sysimpl_fchmodat
#define rump_sys_fchownat rump___sysimpl_fchownat
#define rump_sys_fstatat rump___sysimpl_fstatat
#define rump_sys_utimensat rump___sysimpl_utimensat
#define rump_sys_openat rump___sysimpl_openat
#define rump_sys_readlinkat rump___sysimpl_readlinkat
#define rump_sys_symlinkat rump___sysimpl_symlinkat
#define rump_sys_unlinkat rump___sysimpl_unlinkat
#define rump_sys_futimens rump___sysimpl_futimens
#define rump_sys_recvmmsg rump___sysimpl_recvmmsg
#define rump_sys_sendmmsg rump___sysimpl_sendmmsg
#define rump_sys_posix_fallocate rump___sysimpl_posix_fallocate
#define rump_sys_fdiscard rump___sysimpl_fdiscard

rump_ssize_t rump_sys_read(int, void *, size_t);
rump_ssize_t rump_sys_write(int, const void *, size_t);
int rump_sys_open(const char *, int, ...);
int rump_sys_close(int);
int rump_sys_link(const char *, const char *);
int rump_sys_unlink(const char *);
int rump_sys_chdir(const char *);
int rump_sys_fchdir(int);
int rump_sys_chmod(const char *, rump_mode_t);
int rump_sys_chown(const char *, rump_uid_t, rump_gid_t);
rump_pid_t rump_sys_getpid(void);
int rump_sys_unmount(const char *, int);
int rump_sys_setuid(rump_uid_t);
rump_uid_t rump_sys_getuid(void);
rump_uid_t rump_sys_geteuid(void);
rump_ssize_t rump_sys_recvmsg(int, struct rump_msghdr *, int);
rump_ssize_t rump_sys_sendmsg(int, const struct rump_msghdr *, int);
rump_ssize_t rump_sys_recvfrom(int, void *, size_t, int, struct rump_sockaddr *, rump_socklen_t *);
int rump_sys_accept(int, struct rump_sockaddr *, rump_socklen_t *);
int rump_sys_getpeername(int, struct rump_sockaddr *, rump_socklen_t *);
int rump_sys_getsockname(int, struct rump_sockaddr *, rump_socklen_t *);
int rump_sys_access(const char *, int);
void rump_sys_sync(void);
rump_pid_t rump_sys_getppid(void);
int rump_sys_dup(int);
rump_gid_t rump_sys_getegid(void);
rump_gid_t rump_sys_getgid(void);
int rump_sys_ioctl(int, unsigned long, ...);
int rump_sys_symlink(const char *, const char *);
rump_ssize_t rump_sys_readlink(const char *, char *, size_t);
rump_mode_t rump_sys_umask(rump_mode_t);
int rump_sys_chroot(const char *);
int rump_sys_getgroups(int, rump_gid_t *);
int rump_sys_setgroups(int, const rump_gid_t *);
int rump_sys_getpgrp(void);
int rump_sys_setpgid(rump_pid_t, rump_pid_t);
int rump_sys_dup2(int, int);
int rump_sys_fcntl(int, int, ...);
int rump_sys_select(int, rump_fd_set *, rump_fd_set *, rump_fd_set *, struct rump_timeval *);
int rump_sys_fsync(int);
int rump_sys_connect(int, const struct rump_sockaddr *, rump_socklen_t);
int rump_sys_bind(int, const struct rump_sockaddr *, rump_socklen_t);
int rump_sys_setsockopt(int, int, int, const void *, rump_socklen_t);
int rump_sys_listen(int, int);
int rump_sys_getsockopt(int, int, int, void *, rump_socklen_t *);
rump_ssize_t rump_sys_readv(int, const struct rump_iovec *, int);
rump_ssize_t rump_sys_writev(int, const struct rump_iovec *, int);
int rump_sys_fchown(int, rump_uid_t, rump_gid_t);
int rump_sys_fchmod(int, rump_mode_t);
int rump_sys_setreuid(rump_uid_t, rump_uid_t);
int rump_sys_setregid(rump_gid_t, rump_gid_t);
int rump_sys_rename(const char *, const char *);
int rump_sys_flock(int, int);
int rump_sys_mkfifo(const char *, rump_mode_t);
rump_ssize_t rump_sys_sendto(int, const void *, size_t, int, const struct rump_sockaddr *,
			     rump_socklen_t);
int rump_sys_shutdown(int, int);
int rump_sys_socketpair(int, int, int, int *);
int rump_sys_mkdir(const char *, rump_mode_t);
int rump_sys_rmdir(const char *);
int rump_sys_utimes(const char *, const struct rump_timeval *);
int rump_sys_setsid(void);
rump_ssize_t rump_sys_pread(int, void *, size_t, rump_off_t);
rump_ssize_t rump_sys_pwrite(int, const void *, size_t, rump_off_t);
int rump_sys_setgid(rump_gid_t);
int rump_sys_setegid(rump_gid_t);
int rump_sys_seteuid(rump_uid_t);
long rump_sys_pathconf(const char *, int);
long rump_sys_fpathconf(int, int);
int rump_sys_getrlimit(int, struct rump_rlimit *);
int rump_sys_setrlimit(int, const struct rump_rlimit *);
rump_off_t rump_sys_lseek(int, rump_off_t, int);
int rump_sys_truncate(const char *, rump_off_t);
int rump_sys_ftruncate(int, rump_off_t);
int rump_sys_futimes(int, const struct rump_timeval *);
rump_pid_t rump_sys_getpgid(rump_pid_t);
int rump_sys_reboot(int, char *);
int rump_sys_poll(struct rump_pollfd *, unsigned, int);
int rump_sys_fdatasync(int);
int rump_sys_lchmod(const char *, rump_mode_t);
int rump_sys_lchown(const char *, rump_uid_t, rump_gid_t);
int rump_sys_lutimes(const char *, const struct rump_timeval *);
rump_pid_t rump_sys_getsid(rump_pid_t);
rump_ssize_t rump_sys_preadv(int, const struct rump_iovec *, int, rump_off_t);
rump_ssize_t rump_sys_pwritev(int, const struct rump_iovec *, int, rump_off_t);
int rump_sys___getcwd(char *, size_t);
int rump_sys_fchroot(int);
int rump_sys_kqueue(void);
int rump_sys_kevent(int, const struct rump_kevent *, size_t, struct rump_kevent *, size_t,
		    const struct rump_timespec *);
int rump_sys_fsync_range(int, int, rump_off_t, rump_off_t);
int rump_sys_getvfsstat(struct rump_statvfs *, size_t, int);
int rump_sys_statvfs1(const char *, struct rump_statvfs *, int);
int rump_sys_fstatvfs1(int, struct rump_statvfs *, int);
int rump_sys_pselect(int, rump_fd_set *, rump_fd_set *, rump_fd_set *, const struct rump_timespec *,
		     const rump_sigset_t *);
int rump_sys_pollts(struct rump_pollfd *, unsigned, const struct rump_timespec *,
		    const rump_sigset_t *);
int rump_sys_stat(const char *, struct rump_stat *);
int rump_sys_fstat(int, struct rump_stat *);
int rump_sys_lstat(const char *, struct rump_stat *);
int rump_sys_getdents(int, char *, size_t);
int rump_sys_socket(int, int, int);
int rump_sys_mount(const char *, const char *, int, void *, size_t);
int rump_sys_posix_fadvise(int, rump_off_t, rump_off_t, int);
int rump_sys_gettimeofday(struct rump_timeval *, void *);
int rump_sys_clock_gettime(int, struct rump_timespec *);
int rump_sys_clock_getres(int, struct rump_timespec *);
int rump_sys_nanosleep(const struct rump_timespec *, struct rump_timespec *);
int rump_sys_mknod(const char *, rump_mode_t, rump_dev_t);
int rump_sys_pipe2(int *, int);
int rump_sys_dup3(int, int, int);
int rump_sys_kqueue1(int);
int rump_sys_paccept(int, struct rump_sockaddr *, rump_socklen_t *, const rump_sigset_t *, int);
int rump_sys_linkat(int, const char *, int, const char *, int);
int rump_sys_renameat(int, const char *, int, const char *);
int rump_sys_mkfifoat(int, const char *, rump_mode_t);
int rump_sys_mknodat(int, const char *, rump_mode_t, rump_dev_t);
int rump_sys_mkdirat(int, const char *, rump_mode_t);
int rump_sys_faccessat(int, const char *, int, int);
int rump_sys_fchmodat(int, const char *, rump_mode_t, int);
int rump_sys_fchownat(int, const char *, rump_uid_t, rump_gid_t, int);
int rump_sys_fstatat(int, const char *, struct rump_stat *, int);
int rump_sys_utimensat(int, const char *, const struct rump_timespec *, int);
int rump_sys_openat(int, const char *, int, ...);
rump_ssize_t rump_sys_readlinkat(int, const char *, char *, size_t);
int rump_sys_symlinkat(const char *, int, const char *);
int rump_sys_unlinkat(int, const char *, int);
int rump_sys_futimens(int, const struct rump_timespec *);
int rump_sys_recvmmsg(int, struct rump_mmsghdr *, unsigned int, unsigned int,
		      struct rump_timespec *);
int rump_sys_sendmmsg(int, struct rump_mmsghdr *, unsigned int, unsigned int);
int rump_sys_posix_fallocate(int, rump_off_t, rump_off_t);
int rump_sys_fdiscard(int, rump_off_t, rump_off_t);
int rump_sys_pipe(int *);

#endif
