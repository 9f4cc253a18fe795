/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors: dup, dup2, dup3, fcntl, shared offsets, limits, close-on-exec. Holds file/fdtable.c,
 * D2 and D4.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	char buf[8] = {0};
	struct rlimit limit;

	int fd = open("f", O_RDWR | O_CREAT, 0644);
	SAY("first descriptor %d", fd);
	CALL(write(fd, "abcdef", 6));
	int copy = (int)CALL(dup(fd));
	CALL(lseek(fd, 2, SEEK_SET));
	CALL(read(copy, buf, 2));
	SAY("%s", buf);
	CALL(lseek(fd, 0, SEEK_CUR));
	CALL(dup2(fd, 10));
	CALL(dup2(fd, fd));
	CALL(dup2(99, 10));
	CALL(dup2(fd, -1));
	CALL(dup2(fd, 1 << 30));
	CALL(dup3(fd, fd, 0));
	CALL(dup3(fd, 11, O_CLOEXEC));
	CALL(fcntl(11, F_GETFD));
	CALL(fcntl(10, F_GETFD));
	CALL(fcntl(10, F_SETFD, FD_CLOEXEC));
	CALL(fcntl(10, F_GETFD));
	CALL(fcntl(fd, F_DUPFD, 20));
	CALL(fcntl(fd, F_DUPFD_CLOEXEC, 20));
	CALL(fcntl(21, F_GETFD));
	CALL(fcntl(fd, F_DUPFD, -1));
	CALL(fcntl(99, F_GETFD));
	CALL(fcntl(fd, 9999, 0));
	CALL(fcntl(fd, F_GETFL) & O_ACCMODE);
	CALL(fcntl(fd, F_SETFL, O_APPEND));
	CALL(fcntl(copy, F_GETFL) & O_APPEND);
	CALL(close(10));
	CALL(close(10));
	int low = (int)CALL(dup(0));
	CALL(close(copy));
	SAY("lowest free is used: %d", dup(0) == copy);
	CALL(close(low));
	limit = (struct rlimit){30, 30};
	CALL(setrlimit(RLIMIT_NOFILE, &limit));
	CALL(getrlimit(RLIMIT_NOFILE, &limit));
	SAY("%ld", (long)limit.rlim_cur);
	CALL(fcntl(fd, F_DUPFD, 30));
	CALL(dup2(fd, 29));
	CALL(dup2(fd, 30));
	while (dup(0) >= 0)
		;
	SAY("errno %d", errno);
	CALL(open("g", O_CREAT | O_RDWR, 0644));
	return 0;
}
