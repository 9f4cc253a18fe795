/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories: making, listing, renaming, removing; many entries; the current directory. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "show.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *name, int verbose)
{
	DIR *dir = opendir(name);
	char *names[5000];
	int n = 0;
	unsigned long hash = 5381;

	if (!dir) {
		SAY("%s: errno %d", name, errno);
		return;
	}
	for (struct dirent *e; (e = readdir(dir)) && n < 5000;) {
		char text[300];

		snprintf(text, sizeof(text), "%s:%d", e->d_name, e->d_type);
		names[n++] = strdup(text);
	}
	closedir(dir);
	qsort(names, (size_t)n, sizeof(*names), compare);
	for (int i = 0; i < n; i++) {
		if (verbose)
			SAY("  %s", names[i]);
		for (char *c = names[i]; *c; c++)
			hash = hash * 33 + (unsigned char)*c;
	}
	SAY("%s: %d entries, hash %lx", name, n, hash);
}

int main(void)
{
	char name[300], cwd[4096];

	CALL(mkdir("d", 0755));
	CALL(mkdir("d", 0755));
	CALL(mkdir("none/d", 0755));
	CALL(mkdir("d/e", 0755));
	CALL_OK(open("d/f", O_CREAT | O_WRONLY, 0644));
	CALL(symlink("f", "d/s"));
	CALL(mkfifo("d/p", 0644));
	list("d", 1);
	list("d/f", 1);
	list("none", 1);
	CALL(rmdir("d"));
	CALL(rmdir("d/f"));
	CALL(unlink("d/e"));
	CALL(rmdir("d/e/."));
	CALL(rmdir("d/e/.."));
	CALL(rename("d/f", "d/g"));
	CALL(rename("d/f", "d/h"));
	CALL(rename("d", "d/e/x"));
	CALL(rename("d/g", "d/e"));
	CALL(rename("d/e", "d/g"));
	CALL(mkdir("d/i", 0755));
	CALL(rename("d/e", "d/i"));
	CALL(mkdir("d/i/j", 0755));
	CALL(mkdir("d/k", 0755));
	CALL(rename("d/k", "d/i"));
	CALL(renameat(AT_FDCWD, "d/g", AT_FDCWD, "g"));
	list("d", 1);

	CALL(mkdir("many", 0755));
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "many/some file number %d", i);
		int fd = open(name, O_CREAT | O_WRONLY, 0644);
		if (fd < 0)
			SAY("%s: errno %d", name, errno);
		close(fd);
	}
	list("many", 0);
	for (int i = 0; i < 2000; i += 3) {
		snprintf(name, sizeof(name), "many/some file number %d", i);
		if (unlink(name) != 0)
			SAY("%s: errno %d", name, errno);
	}
	list("many", 0);
	memset(name, 'x', 256);
	name[256] = 0;
	CALL(mkdir(name, 0755));
	name[255] = 0;
	CALL(mkdir(name, 0755));
	CALL(rmdir(name));

	CALL(chdir("d"));
	getcwd(cwd, sizeof(cwd));
	SAY("%s", strrchr(cwd, '/'));
	CALL(chdir("../d/./i/../i/j/../.."));
	getcwd(cwd, sizeof(cwd));
	SAY("%s", strrchr(cwd, '/'));
	CALL(chdir("none"));
	CALL(chdir("p"));
	int fd = (int)CALL_OK(open("i", O_RDONLY | O_DIRECTORY));
	CALL(fchdir(fd));
	CALL(access("j", F_OK));
	CALL(mkdirat(fd, "at", 0755));
	CALL(unlinkat(fd, "at", 0));
	CALL(unlinkat(fd, "at", AT_REMOVEDIR));
	CALL(getcwd(cwd, 3) != NULL);
	SAY("errno %d", errno);
	return 0;
}
