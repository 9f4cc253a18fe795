/* SPDX-License-Identifier: BSD-2-Clause */
/* Advisory locks within one process. Holds file/locks.c, K1 and K2. */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 20};
	int fd = open("l", O_RDWR | O_CREAT, 0644), other = open("l", O_RDWR),
	    ro = open("l", O_RDONLY);

	CALL(fcntl(fd, F_SETLK, &l));
	CALL(fcntl(other, F_SETLK, &l));
	CALL(fcntl(other, F_GETLK, &l));
	SAY("%d", l.l_type == F_UNLCK);
	l.l_type = F_UNLCK;
	CALL(fcntl(fd, F_SETLK, &l));
	l.l_type = F_WRLCK;
	CALL(fcntl(ro, F_SETLK, &l));
	l.l_type = 77;
	CALL(fcntl(fd, F_SETLK, &l));
	CALL(fcntl(99, F_SETLK, &l));
	CALL(flock(fd, LOCK_EX));
	CALL(flock(other, LOCK_EX | LOCK_NB));
	CALL(flock(fd, LOCK_SH));
	CALL(flock(other, LOCK_SH | LOCK_NB));
	CALL(flock(other, LOCK_EX | LOCK_NB));
	CALL(flock(fd, LOCK_UN));
	CALL(flock(other, LOCK_EX | LOCK_NB));
	close(other);
	CALL(flock(fd, LOCK_EX | LOCK_NB));
	CALL(flock(fd, 0));
	return 0;
}
