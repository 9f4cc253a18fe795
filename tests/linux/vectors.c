/* SPDX-License-Identifier: BSD-2-Clause */
/* readv, writev, preadv, pwritev, and their limits. */
#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	char a[4] = "abc", b[8] = "defghij", c[1] = "", in[32] = {0};
	struct iovec out[3] = {{a, 3}, {c, 0}, {b, 7}};
	struct iovec into[3] = {{in, 2}, {in + 10, 5}, {in + 20, 10}};
	struct iovec wrong[2] = {{a, 3}, {(void *)8, 3}};

	int fd = (int)CALL_OK(open("v", O_RDWR | O_CREAT, 0644));
	CALL(writev(fd, out, 3));
	CALL(pwritev(fd, out, 3, 100));
	CALL(lseek(fd, 0, SEEK_SET));
	CALL(readv(fd, into, 3));
	SAY("%.2s %.5s %.10s", in, in + 10, in + 20);
	CALL(preadv(fd, into, 3, 100));
	SAY("%.2s %.5s %.10s", in, in + 10, in + 20);
	CALL(writev(fd, out, 0));
	CALL(writev(fd, out, -1));
	CALL(writev(fd, out, IOV_MAX + 1));
	CALL(writev(fd, (void *)8, 1));
	CALL(writev(99, out, 1));
	CALL(lseek(fd, 0, SEEK_SET));
	wrong[0].iov_len = 0;
	CALL(writev(fd, wrong, 2));
	CALL(pread(fd, in, 5, -1));
	CALL(pwrite(fd, in, 5, -1));
	CALL(read(fd, (void *)8, 5));
	CALL(write(fd, (void *)8, 5));
	CALL(read(fd, in, 0));
	return 0;
}
