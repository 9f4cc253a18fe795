/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of rumpuser_bio under way, for the checks on them and on their synchronisation. */
#ifndef RUMPUSER_TESTS_REQUEST_H
#define RUMPUSER_TESTS_REQUEST_H

#include "conf.h"

#define REQUESTS 64
#define LEN 512 /* bytes in a block */

/* A request, and what its completion saw. */
struct request {
	char *data;
	size_t done;
	int error, calls;
	struct lwp *lwp;
	void (*also)(struct request *r); /* in the completion, before it counts as done */
};

extern struct request requests[REQUESTS];
/* Blocks to write and to read, and a longer buffer. */
extern char request_out[REQUESTS][LEN], request_in[REQUESTS][LEN], request_large[256 * LEN];

/* Begin with none, and end; *fd: the regular file. false: this host has none. */
void requests_begin(void);
bool requests_begin_old(int *fd);
const char *requests_end(int fd);
#define OLD_OPEN(fd)                                       \
	do {                                               \
		if (!requests_begin_old(fd))               \
			SKIP("this host has no file_old"); \
	} while (0)

void request_start(unsigned i, int fd, int op, char *data, size_t len, int64_t off);
/* Wait until so many have ended since the start, or since requests_forget. */
void requests_await(int count);
void requests_forget(void);
/* How many have ended; only a hint, without waiting. */
int requests_done(void);

#endif
