/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core of a component that failed, for gdb: what reboot reports of it in the log
 * (service/reboot/report.c: its name, the registers, where its page table is), and the memory of
 * its domain, which stays as it was, read from the file that is the virtual machine's memory.
 */
#ifndef R2C_DEBUG_COREDUMP_H
#define R2C_DEBUG_COREDUMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/procfs.h>
#include "pool.h"

struct coredump {
	const char *path;   /* the core is written there */
	const char *memory; /* the machine's memory */
	uint64_t memory_bytes;
	struct buffer line; /* the log's, as far as it has come */
	char component[64]; /* whose report it is */
	bool reporting;	    /* and it is not complete */
	struct elf_prstatus status;
	bool written; /* the first report of a run counts */
};

/* A piece of the log. Writes the core when a report is complete. */
void coredump_feed(struct coredump *coredump, const char *log, size_t len);
void coredump_free(struct coredump *coredump);

#endif
