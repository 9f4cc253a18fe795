/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads, as far as they are memory and capabilities: kernel objects, end-points, stacks. */
#ifndef MEM_THREAD_H
#define MEM_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <boot/handover.h>

/* Take over boot's thread, the only one that exists. False: out of memory. */
bool thread_init(const struct boot_handover *handover);
/* Is there such a thread? */
bool thread_exists(uint64_t tid);

#endif
