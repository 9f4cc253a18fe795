/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one lock of mem: every function of its interface holds it, for a bounded time and without
 * blocking.
 */
#ifndef MEM_LOCK_H
#define MEM_LOCK_H

void mem_lock(void);
void mem_unlock(void);

#endif
