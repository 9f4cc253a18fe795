/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another component with a device, which it does not use. No other component may change its memory.
 * Audience: everyone.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "interface.h"

/* The machine address of a page of its. */
COS_INTERFACE long keeper_memory(void);
/* What it has there. */
COS_INTERFACE long keeper_secret(void);
/* 1: the page is as it left it, 0: it was not, and is again. */
COS_INTERFACE long keeper_intact(void);
/* Keeps the page at that machine address from now on, which must be free: COS_ENOENT. */
COS_INTERFACE long keeper_take(unsigned long paddr);

#endif
