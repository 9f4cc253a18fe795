/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MEM_FAULT_H
#define MEM_FAULT_H

#include "domain.h"

/*
 * The page at addr is made present, as an access to it by an instruction at ip would (error: the
 * processor's code of the fault). False: there is nothing, or it may not.
 */
bool fault_resolve(struct component *component, uint64_t addr, long error, uint64_t ip);

#endif
