/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core dump of a component that failed, for gdb. Reboot's report in the log
 * (service/reboot/report.c) has the component's name, its registers and the address of its page
 * table. The memory of its domain stays as it was, and is read from the file that is the machine's
 * memory.
 */
#ifndef R2C_DEBUG_COREDUMP_H
#define R2C_DEBUG_COREDUMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/procfs.h>
#include "pool.h"

struct coredump {
	const char *path;   /* of the core dump */
	const char *memory; /* the machine's memory */
	uint64_t memory_bytes;
	struct buffer line; /* the log's last one, as far as it has come */
	char component[64]; /* that the report is about */
	bool reporting;	    /* and it is not complete */
	struct elf_prstatus status;
	bool written; /* of the first report; later ones are ignored */
};

/* Take a piece of the log. When a report is complete, the core dump is written. */
void coredump_feed(struct coredump *coredump, const char *log, size_t len);
void coredump_free(struct coredump *coredump);

#endif
