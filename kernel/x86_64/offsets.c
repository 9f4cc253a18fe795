/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the assembly finds the fields of the kernel's objects. This is compiled to assembly only;
 * the lines of it that begin with a @ become offsets.h (kernel/build.mk).
 */
#include <stddef.h>
#include "captbl.h"
#include "comp.h"
#include "core.h"
#include "thd.h"

#define VALUE(name, value) __asm__("\n@ " #name " %c0" : : "i"(value))
#define AT(name, type, field) VALUE(name, offsetof(struct type, field))

_Static_assert(offsetof(struct comp, epoch) + 4 == offsetof(struct comp, kind_sinv),
	       "stored with the epoch");

void offsets(void)
{
	AT(CPU_KSTACK, cpu, kstack);
	AT(CPU_USER_SP, cpu, user_sp);
	AT(CPU_TOP, cpu, top);
	AT(CPU_THD, cpu, thd);
	AT(CPU_TID, cpu, tid);
	AT(CPU_CR3, cpu, space);
	AT(CPU_CORE, cpu, core);
	AT(INV_COMP, invocation, comp);
	AT(INV_EPOCH, invocation, epoch);
	AT(INV_KIND, invocation, kind);
	AT(INV_IP, invocation, reg[COS_REG_IP]);
	AT(INV_SP, invocation, reg[COS_REG_SP]);
	AT(INV_FLAGS, invocation, reg[COS_REG_FLAGS]);
	AT(INV_RBX, invocation, reg[COS_REG_RBX]);
	AT(INV_RBP, invocation, reg[COS_REG_RBP]);
	AT(INV_RDI, invocation, reg[COS_REG_RDI]);
	VALUE(INV_SIZE, sizeof(struct invocation));
	AT(COMP_EPOCH, comp, epoch);
	AT(COMP_CR3, comp, space);
	AT(COMP_CAPTBL, comp, captbl);
	AT(COMP_GATE, comp, gate);
	AT(COMP_INSIDE, comp, inside);
	AT(CAP_TYPE, cap, type);
	VALUE(CAP_TYPE_SINV, CAP_SINV);
	AT(CAP_TARGET, cap, target);
	AT(TARGET_COMP, target, comp);
	AT(TARGET_ENTRY, target, entry);
	AT(TARGET_TOKEN, target, token);
	AT(THD_REG, thd, reg);
	AT(THD_BY_SYSCALL, thd, by_syscall);
}
