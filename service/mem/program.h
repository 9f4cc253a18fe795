/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs; see program.c and program_map.c. */
#ifndef MEM_PROGRAM_H
#define MEM_PROGRAM_H

#include "domain.h"

/* The program of that id, if the caller of the interface function created it; else NULL. */
struct component *program_get(long as);
/* Destroy a program that is ending; its last thread is gone. */
void program_end(struct component *program);

#endif
