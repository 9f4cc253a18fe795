/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem as the pager of every component and program.
 * Audience: the kernel.
 */
#ifndef INTERFACE_MEM_PAGER_H
#define INTERFACE_MEM_PAGER_H

#include "interface.h"

/* A page fault (cos/abi.h, Exception): 0 when resolved. COS_EPERM: there is no exception. */
COS_INTERFACE long mem_pagefault(long kind, unsigned long addr, long error, unsigned long ip,
				 unsigned long sp, long comp);

#endif
