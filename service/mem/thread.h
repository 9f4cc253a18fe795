/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads, as far as they are memory and capabilities: the object, the stacks in wired domains. */
#ifndef MEM_THREAD_H
#define MEM_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <boot/handover.h>

/* boot's thread is there already. False: out of memory. */
bool thread_init(const struct boot_handover *handover);
/* Is there such a thread? */
bool thread_exists(uint64_t tid);

#endif
