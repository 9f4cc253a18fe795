/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, reading, writing, seeking, truncating and appending. */
#include <fcntl.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	char buf[64] = {0};

	int fd = (int)CALL_OK(open("a", O_RDWR | O_CREAT | O_EXCL, 0644));
	CALL(open("a", O_RDWR | O_CREAT | O_EXCL, 0644));
	CALL(write(fd, "hello, world\n", 13));
	CALL(lseek(fd, 0, SEEK_CUR));
	CALL(lseek(fd, -6, SEEK_END));
	CALL(read(fd, buf, sizeof(buf)));
	SAY("<%s>", buf);
	CALL(read(fd, buf, sizeof(buf)));
	CALL(lseek(fd, -1, SEEK_SET));
	CALL(lseek(fd, 0, 77));
	CALL(lseek(fd, 100, SEEK_SET));
	CALL(write(fd, "x", 1));
	CALL(lseek(fd, 0, SEEK_END));
	CALL(lseek(fd, 10, SEEK_SET));
	memset(buf, 'z', sizeof(buf));
	CALL(read(fd, buf, 20));
	for (int i = 0; i < 20; i++)
		printf("%02x", (unsigned char)buf[i]);
	SAY("%s", "");
	CALL(ftruncate(fd, 5));
	CALL(lseek(fd, 0, SEEK_END));
	CALL(ftruncate(fd, 5000));
	CALL(lseek(fd, 0, SEEK_END));
	CALL(ftruncate(fd, -1));
	CALL(close(fd));
	CALL(close(fd));

	fd = (int)CALL_OK(open("a", O_WRONLY | O_APPEND));
	CALL(lseek(fd, 0, SEEK_SET));
	CALL(write(fd, "tail", 4));
	CALL(lseek(fd, 0, SEEK_CUR));
	CALL(read(fd, buf, 1));
	CALL(close(fd));
	fd = (int)CALL_OK(open("a", O_RDONLY));
	CALL(write(fd, "x", 1));
	CALL(ftruncate(fd, 0));
	CALL(pread(fd, buf, 4, 5000));
	SAY("<%.4s>", buf);
	CALL(close(fd));
	CALL_OK(open("a", O_WRONLY | O_TRUNC));
	CALL(truncate("a", 3));
	CALL(truncate("none", 3));
	CALL(open("none", O_RDONLY));
	CALL(open("a/b", O_RDONLY));
	CALL(open("", O_RDONLY));
	CALL(open("a", O_RDONLY | O_DIRECTORY));
	CALL(open(".", O_WRONLY));
	CALL(unlink("a"));
	CALL(unlink("a"));

	/* Unlinked while open. */
	fd = (int)CALL_OK(open("gone", O_RDWR | O_CREAT, 0600));
	CALL(unlink("gone"));
	CALL(write(fd, "still here", 10));
	CALL(pread(fd, buf, 10, 0));
	SAY("<%.10s>", buf);
	CALL(access("gone", F_OK));
	return 0;
}
