/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiler and the machine, for lwIP. */
#ifndef RUMP_NET_ARCH_CC_H
#define RUMP_NET_ARCH_CC_H

#include <stddef.h>
#include <stdint.h>

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_LIMITS_H 1
#define LWIP_NO_CTYPE_H 1
#define LWIP_NO_UNISTD_H 1
#define X8_F "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "zu"
/* lwip/arch.h would otherwise define an ssize_t of its own. */
#if __STDC_HOSTED__
#include <sys/types.h>
#else
typedef long ssize_t;
#endif
#ifndef SSIZE_MAX
#define SSIZE_MAX __LONG_MAX__
#endif
#ifndef INT_MAX
#define INT_MAX __INT_MAX__
#endif

uint32_t net_random32(void);
#define LWIP_RAND() net_random32()

void rumpuser_dprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void panic(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
#define LWIP_PLATFORM_DIAG(x)       \
	do {                        \
		rumpuser_dprintf x; \
	} while (0)
#define LWIP_PLATFORM_ASSERT(x) panic("lwip: %s, %s:%d", x, __FILE__, __LINE__)

#endif
