/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the assembly finds the fields of the kernel's objects: this is compiled to assembly alone, of which the lines
 * that begin with a @ become offsets.h (kernel/build.mk).
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

void offsets(void);
void offsets(void)
{
	AT(CPU_KSTACK, cpu, kstack);
	AT(CPU_USER_SP, cpu, user_sp);
	AT(CPU_FRAME, cpu, frame);
	AT(CPU_THD, cpu, thd);
	AT(CPU_TID, cpu, tid);
	AT(CPU_CR3, cpu, space);
	AT(CPU_CORE, cpu, core);
	AT(FRAME_COMP, frame, comp);
	AT(FRAME_EPOCH, frame, epoch);
	AT(FRAME_KIND, frame, kind);
	AT(FRAME_IP, frame, reg[COS_REG_IP]);
	AT(FRAME_SP, frame, reg[COS_REG_SP]);
	AT(FRAME_FLAGS, frame, reg[COS_REG_FLAGS]);
	AT(FRAME_RBX, frame, reg[COS_REG_RBX]);
	AT(FRAME_RBP, frame, reg[COS_REG_RBP]);
	AT(FRAME_RDI, frame, reg[COS_REG_RDI]);
	VALUE(FRAME_SIZE, sizeof(struct frame));
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
