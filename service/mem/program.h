/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MEM_PROGRAM_H
#define MEM_PROGRAM_H

#include "domain.h"

/* The program of that id if the caller of the interface created it, else NULL. */
struct component *program_get(long as);
/* The last thread of one that is ending is gone. */
void program_end(struct component *program);

#endif
