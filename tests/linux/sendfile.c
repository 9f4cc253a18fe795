/* SPDX-License-Identifier: BSD-2-Clause */
/* sendfile from a file to a file, a pipe and a socket. */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	static char buf[100000], back[100000];
	int p[2], s[2];
	off_t off = 1000;

	for (unsigned i = 0; i < sizeof(buf); i++)
		buf[i] = (char)(i * 31 + i / 256);
	int in = open("in", O_RDWR | O_CREAT, 0644), out = open("out", O_RDWR | O_CREAT, 0644);
	write(in, buf, sizeof(buf));
	pipe(p);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	CALL(sendfile(out, in, &off, 200000));
	SAY("offset %ld", (long)off);
	CALL(lseek(in, 0, SEEK_CUR));
	CALL(pread(out, back, sizeof(back), 0));
	CHECK(memcmp(back, buf + 1000, 99000) == 0);
	off = 5;
	CALL(sendfile(p[1], in, &off, 3000));
	CALL(read(p[0], back, 4000));
	CHECK(memcmp(back, buf + 5, 3000) == 0);
	lseek(in, 10, SEEK_SET);
	CALL(sendfile(s[0], in, 0, 2000));
	CALL(lseek(in, 0, SEEK_CUR));
	CALL(read(s[1], back, 4000));
	CHECK(memcmp(back, buf + 10, 2000) == 0);
	off = 200000;
	CALL(sendfile(out, in, &off, 10));
	CALL(sendfile(out, 99, 0, 10));
	CALL(sendfile(99, in, 0, 10));
	CALL(sendfile(out, p[0], 0, 10));
	return 0;
}
