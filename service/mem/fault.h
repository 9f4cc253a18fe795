/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults; see fault.c. */
#ifndef MEM_FAULT_H
#define MEM_FAULT_H

#include "domain.h"

/*
 * Make the page at addr present, as an access to it by an instruction at ip would. error is the
 * processor's code of the fault. False: nothing is there, or the component may not access it.
 */
bool fault_resolve(struct component *component, uint64_t addr, long error, uint64_t ip);

#endif
