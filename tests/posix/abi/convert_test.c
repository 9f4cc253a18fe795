/* SPDX-License-Identifier: BSD-2-Clause */
/* Every translation of posix/abi against the host's own headers, which are Linux's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include <cos/abi.h>
#include <rump/errno.h>
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"

#define SAME(name)                \
	{                         \
		RUMP_##name, name \
	}
static const struct {
	int netbsd, host;
} errors[] = {
	SAME(EPERM),
	SAME(ENOENT),
	SAME(ESRCH),
	SAME(EINTR),
	SAME(EIO),
	SAME(ENXIO),
	SAME(E2BIG),
	SAME(ENOEXEC),
	SAME(EBADF),
	SAME(ECHILD),
	SAME(EDEADLK),
	SAME(ENOMEM),
	SAME(EACCES),
	SAME(EFAULT),
	SAME(ENOTBLK),
	SAME(EBUSY),
	SAME(EEXIST),
	SAME(EXDEV),
	SAME(ENODEV),
	SAME(ENOTDIR),
	SAME(EISDIR),
	SAME(EINVAL),
	SAME(ENFILE),
	SAME(EMFILE),
	SAME(ENOTTY),
	SAME(ETXTBSY),
	SAME(EFBIG),
	SAME(ENOSPC),
	SAME(ESPIPE),
	SAME(EROFS),
	SAME(EMLINK),
	SAME(EPIPE),
	SAME(EDOM),
	SAME(ERANGE),
	SAME(EAGAIN),
	SAME(EINPROGRESS),
	SAME(EALREADY),
	SAME(ENOTSOCK),
	SAME(EDESTADDRREQ),
	SAME(EMSGSIZE),
	SAME(EPROTOTYPE),
	SAME(ENOPROTOOPT),
	SAME(EPROTONOSUPPORT),
	SAME(ESOCKTNOSUPPORT),
	SAME(EOPNOTSUPP),
	SAME(EPFNOSUPPORT),
	SAME(EAFNOSUPPORT),
	SAME(EADDRINUSE),
	SAME(EADDRNOTAVAIL),
	SAME(ENETDOWN),
	SAME(ENETUNREACH),
	SAME(ENETRESET),
	SAME(ECONNABORTED),
	SAME(ECONNRESET),
	SAME(ENOBUFS),
	SAME(EISCONN),
	SAME(ENOTCONN),
	SAME(ESHUTDOWN),
	SAME(ETOOMANYREFS),
	SAME(ETIMEDOUT),
	SAME(ECONNREFUSED),
	SAME(ELOOP),
	SAME(ENAMETOOLONG),
	SAME(EHOSTDOWN),
	SAME(EHOSTUNREACH),
	SAME(ENOTEMPTY),
	{RUMP_EPROCLIM, EAGAIN},
	SAME(EUSERS),
	SAME(EDQUOT),
	SAME(ESTALE),
	SAME(EREMOTE),
	SAME(ENOLCK),
	SAME(ENOSYS),
	{RUMP_EFTYPE, EINVAL},
	{RUMP_EAUTH, EACCES},
	{RUMP_ENEEDAUTH, EACCES},
	SAME(EIDRM),
	SAME(ENOMSG),
	SAME(EOVERFLOW),
	SAME(EILSEQ),
	{RUMP_ENOTSUP, EOPNOTSUPP},
	SAME(ECANCELED),
	SAME(EBADMSG),
	SAME(ENODATA),
	SAME(ENOSR),
	SAME(ENOSTR),
	SAME(ETIME),
	{RUMP_ENOATTR, ENODATA},
	SAME(EMULTIHOP),
	SAME(ENOLINK),
	SAME(EPROTO),
};

static void errno_of_netbsd(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		assert_int_equal(linux_errno_from_netbsd(errors[i].netbsd), errors[i].host);
	/* NetBSD's RPC errors are of no system call; an unknown number is an I/O error. */
	assert_int_equal(sizeof(errors) / sizeof(errors[0]) + 5, RUMP_ELAST);
	assert_int_equal(linux_errno_from_netbsd(RUMP_EBADRPC), EIO);
	assert_int_equal(linux_errno_from_netbsd(0), EIO);
	assert_int_equal(linux_errno_from_netbsd(-5), EIO);
	assert_int_equal(linux_errno_from_netbsd(4000), EIO);
}

static void errno_of_cos(void **state)
{
	(void)state;
	for (long e = 1; e <= COS_EDEAD; e++)
		assert_true(linux_errno_from_cos(-e) < 0);
	assert_int_equal(linux_errno_from_cos(-COS_ENOMEM), -ENOMEM);
	assert_int_equal(linux_errno_from_cos(-COS_EFAULT), -EFAULT);
	assert_int_equal(linux_errno_from_cos(-COS_EREBOOT), -EIO);
	assert_int_equal(linux_errno_from_cos(-99), -EIO);
}

static void open_flags(void **state)
{
	(void)state;
	assert_int_equal(open_flags_to_netbsd(O_RDWR | O_CREAT | O_EXCL | O_TRUNC | O_APPEND),
			 RUMP_O_RDWR | RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_TRUNC | RUMP_O_APPEND);
	assert_int_equal(
		open_flags_to_netbsd(O_WRONLY | O_NONBLOCK | O_DIRECTORY | O_NOFOLLOW | O_NOCTTY),
		RUMP_O_WRONLY | RUMP_O_NONBLOCK | RUMP_O_DIRECTORY | RUMP_O_NOFOLLOW |
			RUMP_O_NOCTTY);
	assert_int_equal(open_flags_to_netbsd(O_SYNC), RUMP_O_SYNC | RUMP_O_DSYNC);
	assert_int_equal(open_flags_to_netbsd(O_DSYNC), RUMP_O_DSYNC);
	assert_int_equal(open_flags_to_netbsd(O_CLOEXEC | O_LARGEFILE),
			 0); /* posix itself sees to these */
	assert_int_equal(open_flags_to_netbsd(O_PATH | O_CREAT | O_TRUNC | O_NOFOLLOW),
			 RUMP_O_NOFOLLOW);
	assert_int_equal(at_flags_to_netbsd(AT_SYMLINK_NOFOLLOW), RUMP_AT_SYMLINK_NOFOLLOW);
	assert_int_equal(at_flags_to_netbsd(AT_SYMLINK_FOLLOW), RUMP_AT_SYMLINK_FOLLOW);
}

static void stat_is_linux_s(void **state)
{
	struct rump_stat in = {.st_dev = RUMP_MAKEDEV(8, 300),
			       .st_mode = RUMP_S_IFCHR | 04751,
			       .st_ino = 0x123456789ab,
			       .st_nlink = 3,
			       .st_uid = 1000,
			       .st_gid = 1001,
			       .st_rdev = RUMP_MAKEDEV(1, 5),
			       .st_atim = {11, 12},
			       .st_mtim = {13, 14},
			       .st_ctim = {15, 16},
			       .st_size = 1ll << 40,
			       .st_blocks = 77,
			       .st_blksize = 4096};
	struct lx_stat out;
	struct lx_statx x;
	struct stat st;

	(void)state;
	stat_to_linux(&in, &out);
	assert_int_equal(sizeof(out), sizeof(st));
	memcpy(&st, &out, sizeof(st));
	assert_int_equal(major(st.st_dev), 8);
	assert_int_equal(minor(st.st_dev), 300);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 04751);
	assert_int_equal(st.st_ino, 0x123456789ab);
	assert_int_equal(st.st_nlink, 3);
	assert_int_equal(st.st_uid, 1000);
	assert_int_equal(st.st_gid, 1001);
	assert_int_equal(st.st_rdev, makedev(1, 5));
	assert_int_equal(st.st_size, 1ll << 40);
	assert_int_equal(st.st_blocks, 77);
	assert_int_equal(st.st_blksize, 4096);
	assert_int_equal(st.st_atim.tv_sec, 11);
	assert_int_equal(st.st_mtim.tv_nsec, 14);
	assert_int_equal(st.st_ctim.tv_sec, 15);
	stat_to_statx(&out, &x);
	assert_int_equal(x.stx_rdev_major, 1);
	assert_int_equal(x.stx_rdev_minor, 5);
	assert_int_equal(x.stx_dev_minor, 300);
	assert_int_equal(x.stx_size, 1ull << 40);
	assert_int_equal(x.stx_mtime.tv_nsec, 14);
	assert_int_equal(dev_to_netbsd(makedev(8, 300)), RUMP_MAKEDEV(8, 300));
}

static void times(void **state)
{
	struct rump_timespec out;

	(void)state;
	assert_true(utime_to_netbsd(&(struct lx_timespec){5, 6}, &out));
	assert_int_equal(out.tv_sec, 5);
	assert_int_equal(out.tv_nsec, 6);
	assert_true(utime_to_netbsd(&(struct lx_timespec){0, UTIME_NOW}, &out));
	assert_int_equal(out.tv_nsec, RUMP_UTIME_NOW);
	assert_true(utime_to_netbsd(&(struct lx_timespec){0, UTIME_OMIT}, &out));
	assert_int_equal(out.tv_nsec, RUMP_UTIME_OMIT);
	assert_false(utime_to_netbsd(&(struct lx_timespec){0, 1000000000}, &out));
	assert_false(utime_to_netbsd(&(struct lx_timespec){0, -1}, &out));
}

static void addresses(void **state)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_scope_id = 7};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(8080)};
	struct lx_sockaddr_storage lx = {0}, back;
	struct rump_sockaddr_storage nb;

	(void)state;
	in.sin_addr.s_addr = htonl(0x7f000001);
	memcpy(&lx, &in, sizeof(in));
	assert_int_equal(sockaddr_to_netbsd(&lx, sizeof(in), &nb), 16);
	assert_int_equal(nb.ss_len, 16);
	assert_int_equal(nb.ss_family, RUMP_AF_INET);
	assert_int_equal(((struct rump_sockaddr_in *)&nb)->sin_port, htons(8080));
	assert_int_equal(((struct rump_sockaddr_in *)&nb)->sin_addr, htonl(0x7f000001));
	assert_int_equal(sockaddr_to_linux(&nb, &back), sizeof(in));
	assert_memory_equal(&back, &in, sizeof(in));
	assert_int_equal(sockaddr_to_netbsd(&lx, 3, &nb), 0);

	in6.sin6_addr = in6addr_loopback;
	memcpy(&lx, &in6, sizeof(in6));
	assert_int_equal(sockaddr_to_netbsd(&lx, sizeof(in6), &nb), 28);
	assert_int_equal(nb.ss_family, RUMP_AF_INET6);
	assert_int_equal(sockaddr_to_linux(&nb, &back), sizeof(in6));
	assert_memory_equal(&back, &in6, sizeof(in6));
	assert_int_equal(sockaddr_to_netbsd(&lx, 24, &nb), 28); /* without a scope */
	assert_int_equal(((struct rump_sockaddr_in6 *)&nb)->sin6_scope_id, 0);
	assert_int_equal(sockaddr_to_netbsd(&lx, 20, &nb), 0);

	lx.family = 77;
	assert_int_equal(sockaddr_to_netbsd(&lx, sizeof(in6), &nb), 0);
	assert_int_equal(family_to_netbsd(AF_INET6), RUMP_AF_INET6);
	assert_int_equal(family_to_linux(RUMP_AF_INET6), AF_INET6);
	assert_true(family_to_netbsd(77) < 0);
}

static void message_flags(void **state)
{
	(void)state;
	assert_int_equal(msg_flags_to_netbsd(MSG_PEEK | MSG_TRUNC),
			 RUMP_MSG_PEEK | RUMP_MSG_TRUNC | RUMP_MSG_NOSIGNAL);
	assert_int_equal(msg_flags_to_netbsd(MSG_DONTWAIT | MSG_WAITALL | MSG_MORE),
			 RUMP_MSG_NOSIGNAL);
	assert_int_equal(msg_flags_to_linux(RUMP_MSG_TRUNC | RUMP_MSG_CTRUNC),
			 MSG_TRUNC | MSG_CTRUNC);
}

static void socket_options(void **state)
{
	(void)state;
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_REUSEADDR)->nb_name, RUMP_SO_REUSEADDR);
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_REUSEADDR)->nb_level, RUMP_SOL_SOCKET);
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_KEEPALIVE)->nb_name, RUMP_SO_KEEPALIVE);
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_ERROR)->kind, SOCKOPT_ERROR);
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_LINGER)->kind, SOCKOPT_LINGER);
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_SNDBUF)->nb_name, RUMP_SO_SNDBUF);
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_RCVBUF)->nb_name, RUMP_SO_RCVBUF);
	assert_int_equal(sockopt_find(SOL_SOCKET, SO_REUSEPORT)->nb_name, RUMP_SO_REUSEPORT);
	assert_int_equal(sockopt_find(IPPROTO_TCP, 1)->nb_name, RUMP_TCP_NODELAY);
	assert_int_equal(sockopt_find(IPPROTO_IPV6, IPV6_V6ONLY)->nb_name, RUMP_IPV6_V6ONLY);
	assert_int_equal(sockopt_find(IPPROTO_IP, IP_TTL)->nb_name, RUMP_IP_TTL);
	assert_null(sockopt_find(SOL_SOCKET, 9999));
}

static void numbers_are_the_host_s(void **state)
{
	(void)state;
	assert_int_equal(LX_O_DIRECTORY, O_DIRECTORY);
	assert_int_equal(LX_O_PATH, O_PATH);
	assert_int_equal(LX_O_TMPFILE, O_TMPFILE);
	assert_int_equal(LX_POLLRDHUP, POLLRDHUP);
	assert_int_equal(LX_EPOLLONESHOT, EPOLLONESHOT);
	assert_int_equal(LX_EPOLLET, EPOLLET);
	assert_int_equal(LX_SIGSTKFLT, SIGSTKFLT);
	assert_int_equal(LX_SIGSYS, SIGSYS);
	assert_int_equal(LX_MSG_NOSIGNAL, MSG_NOSIGNAL);
	assert_int_equal(LX_MSG_CMSG_CLOEXEC, MSG_CMSG_CLOEXEC);
	assert_int_equal(LX_F_DUPFD_CLOEXEC, F_DUPFD_CLOEXEC);
	assert_int_equal(LX_F_OFD_SETLKW, F_OFD_SETLKW);
	assert_int_equal(sizeof(struct lx_statfs), sizeof(struct statfs));
	assert_int_equal(offsetof(struct lx_statfs, f_flags), offsetof(struct statfs, f_flags));
	assert_int_equal(sizeof(struct lx_msghdr), sizeof(struct msghdr));
	assert_int_equal(offsetof(struct lx_ucontext, uc_mcontext),
			 offsetof(ucontext_t, uc_mcontext));
	assert_int_equal(offsetof(struct lx_ucontext, uc_sigmask),
			 offsetof(ucontext_t, uc_sigmask));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errno_of_netbsd),
		cmocka_unit_test(errno_of_cos),
		cmocka_unit_test(open_flags),
		cmocka_unit_test(stat_is_linux_s),
		cmocka_unit_test(times),
		cmocka_unit_test(addresses),
		cmocka_unit_test(message_flags),
		cmocka_unit_test(socket_options),
		cmocka_unit_test(numbers_are_the_host_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
