/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rump kernel as a server of system calls. storage.c and network.c export it under the names of
 * their interfaces.
 */
#ifndef COMPONENT_SYSPROXY_SERVER_H
#define COMPONENT_SYSPROXY_SERVER_H

#include <stdbool.h>
#include <interface.h>

struct cos_pair server_syscall(long num, unsigned long a0, unsigned long a1, unsigned long a2,
			       unsigned long a3, unsigned long a4);
long server_interrupt(long tid);
long server_signal(unsigned long deadline_ns);
long server_generation(void);

/*
 * True once the rump kernel has started. A component that imports this one weakly may call earlier:
 * components start in the order of the composition unless imports require another.
 */
bool server_ready(void);

#endif
