/* SPDX-License-Identifier: BSD-2-Clause */
/* What a failing call says: descriptors, addresses, arguments. */
#include <fcntl.h>
#include <poll.h>
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

#define BAD ((void *)8)
#define HIGH ((void *)0xffff800000000000)

int main(void)
{
	struct stat st;
	char buf[100];

	CALL(read(99, buf, 1));
	CALL(write(-1, buf, 1));
	CALL(lseek(99, 0, SEEK_SET));
	CALL(fstat(-1, &st));
	CALL(fsync(99));
	CALL(fdatasync(99));
	CALL(ftruncate(99, 0));
	CALL(fchmod(99, 0));
	CALL(fchown(99, 0, 0));
	CALL(fchdir(99));
	CALL(ioctl(99, 0, 0));
	CALL(openat(99, "x", O_RDONLY));
	CALL(openat(0, "x", O_RDONLY));
	CALL(getdents(99, (void *)buf, 100));
	int fd = (int)CALL_OK(open("f", O_RDWR | O_CREAT, 0644));
	CALL(getdents(fd, (void *)buf, 100));
	CALL(openat(fd, "x", O_RDONLY));
	CALL(fchdir(fd));
	CALL(ioctl(fd, 0x5401, buf));
	CALL(listen(fd, 1));
	CALL(connect(fd, (void *)buf, 16));
	CALL(accept(fd, 0, 0));
	CALL(getsockname(fd, (void *)buf, (socklen_t *)buf));
	CALL(send(fd, buf, 1, 0));
	CALL(recv(99, buf, 1, 0));
	CALL(shutdown(99, 0));
	CALL(setsockopt(99, SOL_SOCKET, SO_REUSEADDR, buf, 4));

	CALL(open(BAD, O_RDONLY));
	CALL(open(HIGH, O_RDONLY));
	CALL(syscall(SYS_stat, BAD, &st));
	CALL(syscall(SYS_stat, "f", BAD));
	CALL(syscall(SYS_fstat, fd, HIGH));
	CALL(write(fd, HIGH, 10));
	CALL(write(fd, "data", 4));
	CALL(pread(fd, HIGH, 4, 0));
	CALL(pread(fd, BAD, 4, 0));
	CALL(mkdir(BAD, 0));
	CALL(rename("f", BAD));
	CALL(readlink("f", BAD, 10));
	CALL(syscall(SYS_uname, BAD));
	CALL(syscall(SYS_getcwd, BAD, 100));
	CALL(syscall(SYS_clock_gettime, 0, BAD));
	CALL(syscall(SYS_clock_gettime, 1000, buf));
	CALL(syscall(SYS_nanosleep, BAD, 0));
	CALL(syscall(SYS_nanosleep, (long[]){0, 1000000000}, 0));
	CALL(syscall(SYS_nanosleep, (long[]){-1, 0}, 0));
	CALL(syscall(SYS_poll, BAD, 1, 0));
	CALL(syscall(SYS_rt_sigaction, 10, BAD, 0, 8));
	CALL(syscall(SYS_rt_sigaction, 9, buf, 0, 8));
	CALL(syscall(SYS_rt_sigaction, 65, 0, 0, 8));
	CALL(syscall(SYS_rt_sigprocmask, 7, buf, 0, 8));
	CALL(syscall(SYS_rt_sigprocmask, 0, buf, 0, 4));
	CALL(syscall(SYS_getrandom, BAD, 10, 0));
	CALL(syscall(SYS_getrandom, buf, 10, 0x1000));
	CALL(syscall(SYS_futex, BAD, 0, 0, 0));
	CALL(syscall(SYS_futex, buf + 1, 0, 0, 0));
	CALL(syscall(SYS_set_robust_list, 0, 1));

	CALL((long)mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	CALL((long)mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0));
	CALL((long)mmap(0, 4096, PROT_READ, MAP_PRIVATE, 99, 0));
	CALL((long)mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 1));
	CALL((long)mmap((void *)1, 4096, PROT_READ, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0));
	CALL(munmap((void *)1, 4096));
	CALL(munmap((void *)4096, 0));
	CALL(mprotect((void *)1, 4096, PROT_READ));
	CALL(mprotect((void *)0x10000000000, 4096, PROT_READ));
	CALL(epoll_create1(55));
	CALL(epoll_ctl(99, EPOLL_CTL_ADD, 0, (void *)buf));
	CALL(epoll_wait(fd, (void *)buf, 1, 0));
	CALL(eventfd(0, 0x12345));
	CALL(socket(999, SOCK_STREAM, 0));
	CALL(socket(AF_INET, 99, 0));
	CALL(socket(AF_INET, SOCK_STREAM, 99));
	CALL(wait4(-1, 0, WNOHANG, 0));
	CALL(getrlimit(99, (void *)buf));
	CALL(kill(getpid(), 65));
	CALL(kill(999999, 0));
	CALL(syscall(SYS_tgkill, getpid(), 999999, 0));
	CALL(syscall(9999));
	CALL(truncate("f", -1));
	CALL(mknod("node", 0170000, 0));
	CALL(syscall(SYS_dup3, 0, 5, 12345));
	return 0;
}
