/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's errno numbers (x86-64), and the way to them from NetBSD's and from COS's. Functions of
 * posix return them negated.
 */
#ifndef POSIX_ABI_ERRNO_H
#define POSIX_ABI_ERRNO_H

#define LX_EPERM 1
#define LX_ENOENT 2
#define LX_ESRCH 3
#define LX_EINTR 4
#define LX_EIO 5
#define LX_ENXIO 6
#define LX_E2BIG 7
#define LX_ENOEXEC 8
#define LX_EBADF 9
#define LX_ECHILD 10
#define LX_EAGAIN 11
#define LX_ENOMEM 12
#define LX_EACCES 13
#define LX_EFAULT 14
#define LX_ENOTBLK 15
#define LX_EBUSY 16
#define LX_EEXIST 17
#define LX_EXDEV 18
#define LX_ENODEV 19
#define LX_ENOTDIR 20
#define LX_EISDIR 21
#define LX_EINVAL 22
#define LX_ENFILE 23
#define LX_EMFILE 24
#define LX_ENOTTY 25
#define LX_ETXTBSY 26
#define LX_EFBIG 27
#define LX_ENOSPC 28
#define LX_ESPIPE 29
#define LX_EROFS 30
#define LX_EMLINK 31
#define LX_EPIPE 32
#define LX_EDOM 33
#define LX_ERANGE 34
#define LX_EDEADLK 35
#define LX_ENAMETOOLONG 36
#define LX_ENOLCK 37
#define LX_ENOSYS 38
#define LX_ENOTEMPTY 39
#define LX_ELOOP 40
#define LX_ENOMSG 42
#define LX_EIDRM 43
#define LX_ENOSTR 60
#define LX_ENODATA 61
#define LX_ETIME 62
#define LX_ENOSR 63
#define LX_EREMOTE 66
#define LX_ENOLINK 67
#define LX_EPROTO 71
#define LX_EMULTIHOP 72
#define LX_EBADMSG 74
#define LX_EOVERFLOW 75
#define LX_EILSEQ 84
#define LX_EUSERS 87
#define LX_ENOTSOCK 88
#define LX_EDESTADDRREQ 89
#define LX_EMSGSIZE 90
#define LX_EPROTOTYPE 91
#define LX_ENOPROTOOPT 92
#define LX_EPROTONOSUPPORT 93
#define LX_ESOCKTNOSUPPORT 94
#define LX_EOPNOTSUPP 95
#define LX_EPFNOSUPPORT 96
#define LX_EAFNOSUPPORT 97
#define LX_EADDRINUSE 98
#define LX_EADDRNOTAVAIL 99
#define LX_ENETDOWN 100
#define LX_ENETUNREACH 101
#define LX_ENETRESET 102
#define LX_ECONNABORTED 103
#define LX_ECONNRESET 104
#define LX_ENOBUFS 105
#define LX_EISCONN 106
#define LX_ENOTCONN 107
#define LX_ESHUTDOWN 108
#define LX_ETOOMANYREFS 109
#define LX_ETIMEDOUT 110
#define LX_ECONNREFUSED 111
#define LX_EHOSTDOWN 112
#define LX_EHOSTUNREACH 113
#define LX_EALREADY 114
#define LX_EINPROGRESS 115
#define LX_ESTALE 116
#define LX_EDQUOT 122
#define LX_ECANCELED 125
#define LX_EOWNERDEAD 130
#define LX_ENOTRECOVERABLE 131

/*
 * Results of a system call that a signal interrupted, never seen by a program. If no handler runs,
 * the call is issued again. If one runs, the program gets EINTR; but after LX_RESTART and a handler
 * with SA_RESTART the call is issued again as well. (Linux: ERESTARTSYS, ERESTARTNOHAND.)
 */
#define LX_RESTART 512
#define LX_RESTART_NOHAND 514

/* From a positive NetBSD errno; a number that Linux lacks becomes EIO. */
int linux_errno_from_netbsd(int error);
/* From a negative COS_E* of an interface to a negative Linux errno. */
long linux_errno_from_cos(long error);

#endif
