/* SPDX-License-Identifier: BSD-2-Clause */
/* Holes, and offsets beyond 4 GiB. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	char buf[16];
	struct stat st;
	const off_t places[] = {0,	  12 * 4096,  268 * 1024 - 3, 5000000,
				70000000, 4294967290, 5000000000};
	const int n = sizeof(places) / sizeof(places[0]);

	int fd = (int)CALL_OK(open("s", O_RDWR | O_CREAT, 0644));
	for (int i = 0; i < n; i++) {
		snprintf(buf, sizeof(buf), "piece %d...", i);
		CALL(pwrite(fd, buf, 11, places[i]));
	}
	for (int i = 0; i < n; i++) {
		memset(buf, 0, sizeof(buf));
		CALL(pread(fd, buf, 11, places[i]));
		SAY("%s", buf);
	}
	CALL(pread(fd, buf, 8, 1000000));
	SAY("%d%d%d%d", buf[0], buf[1], buf[6], buf[7]);
	fstat(fd, &st);
	SAY("size %lld", (long long)st.st_size);
	CHECK(st.st_blocks < 2000);
	CALL(fsync(fd));
	CALL(ftruncate(fd, 4294967296));
	CALL(lseek(fd, 0, SEEK_END));
	CALL(pread(fd, buf, 11, 4294967290));
	CALL(ftruncate(fd, 100));
	CALL(ftruncate(fd, 300000));
	CALL(pread(fd, buf, 11, 12 * 4096));
	SAY("%d", buf[0]);
	CALL(close(fd));
	CALL(unlink("s"));
	return 0;
}
