/* SPDX-License-Identifier: BSD-2-Clause */
/* A piece of code, for checks of executable memory. */
#ifndef RUMPUSER_TESTS_X86_64_CODE_H
#define RUMPUSER_TESTS_X86_64_CODE_H

#include "../conf.h"

/* A function that returns value: mov $value, %eax; ret (SDM 2B, MOV; RET). 6 bytes. */
static inline void code_write(unsigned char *mem, uint32_t value)
{
	mem[0] = 0xb8;
	memcpy(mem + 1, &value, sizeof(value));
	mem[5] = 0xc3;
}

#endif
