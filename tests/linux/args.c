/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arguments, environment, identity, auxiliary vector, and the exit status.
 *
 * case: args 42 two
 */
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "show.h"

extern char **environ;

static void at_exit(void)
{
	SAY("at exit");
}

int main(int argc, char **argv)
{
	struct utsname u;
	struct sysinfo info;
	struct rusage usage;

	SAY("argc %d", argc);
	for (int i = 1; i < argc; i++)
		SAY("%d <%s>", i, argv[i]);
	SAY("R2C_TEST <%s>", getenv("R2C_TEST") ? getenv("R2C_TEST") : "unset");
	SAY("uid %d %d gid %d %d", getuid(), geteuid(), getgid(), getegid());
	CALL(uname(&u));
	SAY("%s %s", u.sysname, u.machine);
	CALL(sysinfo(&info));
	CHECK(info.totalram > 0 && info.mem_unit > 0);
	CALL(getrusage(RUSAGE_SELF, &usage));
	CHECK(getpid() > 0 && getpid() == getpid());
	SAY("pagesize %ld", sysconf(_SC_PAGESIZE));
	SAY("auxv page %lu clktck %lu", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK));
	CHECK(getauxval(AT_RANDOM) != 0 && getauxval(AT_PHDR) != 0 && getauxval(AT_ENTRY) != 0);
	CHECK(getauxval(AT_SECURE) == 0);
	unsigned char r[32] = {0}, z[32] = {0};
	CALL(getentropy(r, sizeof(r)));
	CHECK(memcmp(r, z, sizeof(r)) != 0);
	atexit(at_exit);
	return argc > 1 ? atoi(argv[1]) : 0;
}
