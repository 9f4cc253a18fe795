/* SPDX-License-Identifier: BSD-2-Clause */
/* Symbolic and hard links, loops, and paths through them. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	char buf[5000], target[1100];

	CALL(mkdir("d", 0755));
	int fd = (int)CALL_OK(open("d/file", O_CREAT | O_WRONLY, 0644));
	CALL(write(fd, "data", 4));
	CALL(symlink("d", "dir"));
	CALL(symlink("file", "d/link"));
	CALL(symlink("../d/link", "d/link2"));
	CALL(symlink("x", "d/link"));
	CALL(readlink("d/link2", buf, sizeof(buf)));
	CALL(readlink("d/link2", buf, 3));
	SAY("%.3s", buf);
	CALL(readlink("d/file", buf, sizeof(buf)));
	CALL(readlink("none", buf, sizeof(buf)));
	CALL(access("dir/link2", R_OK));
	CALL(access("dir/link2/", R_OK));
	CALL(access("dir/", R_OK));
	CALL(access("dir/../dir/./link", R_OK));
	CALL(open("d/link", O_RDONLY | O_NOFOLLOW));
	CALL(symlink("loop2", "loop1"));
	CALL(symlink("loop1", "loop2"));
	CALL(open("loop1", O_RDONLY));
	CALL(symlink("self", "self"));
	CALL(access("self/x", F_OK));
	CALL(symlink("", "empty"));
	memset(target, 'a', sizeof(target));
	target[1000] = 0;
	CALL(symlink(target, "long"));
	CALL(readlink("long", buf, sizeof(buf)));
	target[59] = 0;
	CALL(symlink(target, "short59"));
	CALL(readlink("short59", buf, sizeof(buf)));
	memset(target, 'a', 60);
	target[60] = 0;
	CALL(symlink(target, "short60"));
	CALL(readlink("short60", buf, sizeof(buf)));

	CALL(link("d/file", "hard"));
	CALL(link("d/file", "hard"));
	CALL(link("d", "harddir"));
	CALL(link("none", "hard2"));
	CALL(linkat(AT_FDCWD, "d/link", AT_FDCWD, "tolink", 0));
	CALL(linkat(AT_FDCWD, "d/link", AT_FDCWD, "tofile", AT_SYMLINK_FOLLOW));
	struct stat st;
	lstat("tolink", &st);
	CHECK(S_ISLNK(st.st_mode));
	stat("hard", &st);
	SAY("links %ld", (long)st.st_nlink);
	CALL(unlink("d/file"));
	stat("hard", &st);
	SAY("links %ld size %ld", (long)st.st_nlink, (long)st.st_size);
	CALL(rename("hard", "tofile"));
	CALL(access("hard", F_OK));
	CALL(open("d/link", O_RDONLY));
	CALL_OK(open("d/link", O_RDWR | O_CREAT, 0644));
	CALL(access("d/file", F_OK));
	memset(buf, '/', 4200);
	buf[4200] = 0;
	CALL(access(buf, F_OK));
	return 0;
}
