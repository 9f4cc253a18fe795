/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mktree DIR FILES TOTAL_MIB [BIG_MIB]: a tree to serve: FILES files of 0 bytes to 64 MiB,
 * TOTAL_MIB in all, in nested directories, some names with spaces and UTF-8; with BIG_MIB one more
 * file, "big file.bin", of that size. Contents are pseudo-random from a fixed seed, so that two
 * runs make equal trees.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MIB (1024.0 * 1024.0)
#define LARGEST (64u << 20)

static uint64_t seed = 0x9e3779b97f4a7c15u;

/* xorshift64* */
static uint64_t random_next(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1du;
}

static void die(const char *what)
{
	fprintf(stderr, "mktree: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void file_write(const char *path, uint64_t len)
{
	static uint64_t buf[1 << 15];
	FILE *file = fopen(path, "wb");

	if (!file)
		die(path);
	while (len > 0) {
		size_t n = len < sizeof(buf) ? (size_t)len : sizeof(buf);

		for (size_t i = 0; i < (n + 7) / 8; i++)
			buf[i] = random_next();
		if (fwrite(buf, 1, n, file) != n)
			die(path);
		len -= n;
	}
	if (fclose(file) != 0)
		die(path);
}

int main(int argc, char **argv)
{
	static const char *const dirs[] = {
		"",
		"a",
		"a/b",
		"a/b/c",
		"a/b/c/d",
		"with space",
		"with space/and more",
		"\xc3\xbcml\xc3\xa4ut",
		"\xc3\xbcml\xc3\xa4ut/\xe6\x97\xa5\xe6\x9c\xac",
	};
	const size_t ndirs = sizeof(dirs) / sizeof(dirs[0]);
	char path[4096];

	if (argc < 4) {
		fprintf(stderr, "usage: mktree DIR FILES TOTAL_MIB [BIG_MIB]\n");
		return 2;
	}
	long files = atol(argv[2]);
	double total = atof(argv[3]) * MIB;
	double spent = 0;

	for (size_t i = 0; i < ndirs; i++) {
		snprintf(path, sizeof(path), "%s/%s", argv[1], dirs[i]);
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			die(path);
	}
	/* The first sizes are the edges; then half of what is left, halved again, down to small
	 * files. */
	static const uint64_t edges[] = {0,	1,	   4095,	   4096,
					 4097,	12 * 1024, 12 * 1024 + 1,  65535,
					 65536, 65537,	   268 * 1024 + 1, LARGEST};
	const long nedges = sizeof(edges) / sizeof(edges[0]);

	for (long i = 0; i < files; i++) {
		uint64_t len;

		if (i < nedges && (double)edges[i] <= total) {
			len = edges[i];
		} else {
			double mean = (total - spent) / (double)(files - i);
			/* 1 in 16 is large, the others small around 8 KiB. */
			len = random_next() % 16 == 0
				      ? (uint64_t)(random_next() % (uint64_t)(mean * 32 + 1))
				      : random_next() % 16384;
			if (i == files - 1 && total > spent)
				len = (uint64_t)(total - spent);
			if (len > LARGEST)
				len = LARGEST;
			if (spent + (double)len > total)
				len = 0;
		}
		snprintf(path, sizeof(path), "%s/%s%s%ld%s", argv[1], dirs[i % (long)ndirs],
			 *dirs[i % (long)ndirs] ? "/file" : "file", i,
			 i % 7 == 0   ? " \xe2\x82\xac.bin"
			 : i % 5 == 0 ? " (copy).txt"
				      : ".bin");
		file_write(path, len);
		spent += (double)len;
	}
	if (argc > 4) {
		snprintf(path, sizeof(path), "%s/big file.bin", argv[1]);
		file_write(path, (uint64_t)(atof(argv[4]) * MIB));
	}
	return 0;
}
