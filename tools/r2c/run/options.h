/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of r2c run. */
#ifndef R2C_RUN_OPTIONS_H
#define R2C_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "qemu.h"

struct words {
	const char **word;
	size_t n;
};

/* What is not given is NULL, 0, false or empty. The words live as long as argv and the pool. */
struct run_options {
	const char *system; /* NULL: system/run.conf */
	const char *root;
	const char *cwd;
	const char *log;
	const char *coredump;
	const char *trace;
	const char *gdb;
	struct words forwards, disks, env, qemu;
	char **program; /* and its arguments; NULL: the system is run as it is */
	uint64_t memory_bytes;
	long cpus;
	unsigned timeout_s;
	bool verbose;
	bool iso;
	enum qemu_accel accel;
};

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_WRONG /* reported */ };

enum options_result options_read(struct run_options *options, struct pool *pool, int argc,
				 char **argv);

#endif
