/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways into the kernel's C (kernel/x86_64/trap.c), for a kernel that is linked with --wrap of
 * some of them: calls of NAME go to __wrap_NAME, and __real_NAME is the kernel's own.
 */
#ifndef TRACE_ENTRIES_H
#define TRACE_ENTRIES_H

#include <stdint.h>
#include <stdnoreturn.h>
#include "captbl.h"
#include "cpu.h"

void __real_trap_syscall(void);
void __wrap_trap_syscall(void);
void __real_trap_operation(struct cap *cap);
void __wrap_trap_operation(struct cap *cap);
void __real_trap_user(uint64_t vector, uint64_t error);
void __wrap_trap_user(uint64_t vector, uint64_t error);
void __real_trap_kernel(const struct trap_regs *regs);
void __wrap_trap_kernel(const struct trap_regs *regs);
void __real_machine_idle(void);
void __wrap_machine_idle(void);
noreturn void __real_machine_halt(unsigned status);
noreturn void __wrap_machine_halt(unsigned status);

#endif
