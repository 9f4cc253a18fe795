/* SPDX-License-Identifier: BSD-2-Clause */
/* The component network: interface/network by the server of system calls (component/sysproxy). */
#include <network/network.h>

#include "component/sysproxy/server.h"

struct cos_pair network_syscall(long num, unsigned long a0, unsigned long a1, unsigned long a2,
				unsigned long a3, unsigned long a4)
{
	return server_syscall(num, a0, a1, a2, a3, a4);
}

long network_interrupt(long tid)
{
	return server_interrupt(tid);
}

long network_signal(unsigned long deadline_ns)
{
	return server_signal(deadline_ns);
}

long network_generation(void)
{
	return server_generation();
}
