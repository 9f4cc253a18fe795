/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copytree FROM TO: copy a tree with its modes, links and times, sync it, and end. Used by
 * tests/system/write/write.sh, which reads the result with debugfs; without arguments it copies a
 * small tree of its own.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "show.h"

static void die(const char *what)
{
	printf("%s: errno %d\n", what, errno);
	exit(1);
}

static void file_copy(const char *from, const char *to, const struct stat *st)
{
	static char buf[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ssize_t n;

	if (in < 0 || out < 0)
		die(to);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(out, buf + done, (size_t)(n - done))) <= 0)
				die(to);
	if (n < 0)
		die(from);
	if (fchmod(out, st->st_mode & 07777) != 0 ||
	    futimens(out, (struct timespec[]){st->st_atim, st->st_mtim}) != 0 || close(out) != 0)
		die(to);
	close(in);
}

static long tree_copy(const char *from, const char *to)
{
	char a[4096], b[4096], target[4096];
	struct stat st;
	long copied = 1;

	if (lstat(from, &st) != 0)
		die(from);
	if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlink(from, target, sizeof(target) - 1);

		if (n < 0)
			die(from);
		target[n] = 0;
		if (symlink(target, to) != 0)
			die(to);
	} else if (S_ISREG(st.st_mode)) {
		file_copy(from, to, &st);
	} else if (S_ISDIR(st.st_mode)) {
		DIR *dir = opendir(from);

		if (!dir || mkdir(to, 0700) != 0)
			die(to);
		for (struct dirent *e; (e = readdir(dir));) {
			if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
				continue;
			snprintf(a, sizeof(a), "%s/%s", from, e->d_name);
			snprintf(b, sizeof(b), "%s/%s", to, e->d_name);
			copied += tree_copy(a, b);
		}
		closedir(dir);
		if (chmod(to, st.st_mode & 07777) != 0)
			die(to);
	}
	return copied;
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		SAY("%ld copied", tree_copy(argv[1], argv[2]));
	} else {
		mkdir("from", 0750);
		mkdir("from/sub", 0711);
		int fd = open("from/sub/file", O_CREAT | O_WRONLY, 0604);
		for (int i = 0; i < 10000; i++)
			dprintf(fd, "%d\n", i);
		close(fd);
		symlink("sub/file", "from/link");
		SAY("%ld copied", tree_copy("from", "to"));
		struct stat st;
		stat("to/link", &st);
		SAY("mode %o size %ld", st.st_mode, (long)st.st_size);
	}
	sync();
	return 0;
}
