/* SPDX-License-Identifier: BSD-2-Clause */
/* The component's start, and the end of the programs that it started. */
#ifndef POSIX_INIT_INIT_H
#define POSIX_INIT_INIT_H

struct process_hooks;

/* With the first program's end, everything is written to the disks and the system ends. */
extern const struct process_hooks init_hooks;

#endif
