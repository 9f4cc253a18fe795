/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory: private, shared, beyond the end, written back. Holds mm/mapping.h, M1 to M3. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "show.h"

#define PAGE 4096

int main(void)
{
	char buf[3 * PAGE];

	int fd = (int)CALL_OK(open("m", O_RDWR | O_CREAT, 0644));
	memset(buf, 'f', sizeof(buf));
	CALL(write(fd, buf, 2 * PAGE + 100));
	char *priv = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(priv != MAP_FAILED);
	SAY("%c %c %d", priv[0], priv[2 * PAGE + 99], priv[2 * PAGE + 100]);
	priv[0] = 'P';
	CALL(pread(fd, buf, 1, 0));
	SAY("%c", buf[0]);
	char *tail = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
	SAY("%c", tail[0]);
	char *shared = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(shared != MAP_FAILED);
	memcpy(shared + 10, "shared", 6);
	CALL(msync(shared, 2 * PAGE, MS_SYNC));
	CALL(pread(fd, buf, 6, 10));
	SAY("%.6s", buf);
	memcpy(shared + PAGE, "unmapped", 8);
	CALL(munmap(shared, 2 * PAGE));
	CALL(pread(fd, buf, 8, PAGE));
	SAY("%.8s", buf);
	CALL(close(fd));
	SAY("%c", priv[2 * PAGE]);
	fd = (int)CALL_OK(open("m", O_RDONLY));
	CHECK(mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED &&
	      errno == EACCES);
	CHECK(mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) != MAP_FAILED);
	fd = (int)CALL_OK(open("m", O_WRONLY));
	CHECK(mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EACCES);
	char *anon = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(anon != MAP_FAILED);
	anon[5] = 1;
	CHECK(mmap(0, PAGE, PROT_READ, MAP_SHARED, open(".", O_RDONLY), 0) == MAP_FAILED);
	SAY("%d", errno);
	return 0;
}
