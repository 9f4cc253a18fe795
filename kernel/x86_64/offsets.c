/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers that the assembly uses are those of the structures. */
#include <stddef.h>
#include "captbl.h"
#include "comp.h"
#include "core.h"
#include "offsets.h"
#include "thd.h"

#define AT(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #field)

AT(cpu, kstack, CPU_KSTACK);
AT(cpu, user_sp, CPU_USER_SP);
AT(cpu, frame, CPU_FRAME);
AT(cpu, thd, CPU_THD);
AT(cpu, tid, CPU_TID);
AT(cpu, space, CPU_CR3);
AT(cpu, core, CPU_CORE);
AT(frame, comp, FRAME_COMP);
AT(frame, epoch, FRAME_EPOCH);
AT(frame, kind, FRAME_KIND);
AT(frame, reg[COS_REG_IP], FRAME_IP);
AT(frame, reg[COS_REG_SP], FRAME_SP);
AT(frame, reg[COS_REG_FLAGS], FRAME_FLAGS);
AT(frame, reg[COS_REG_RBX], FRAME_RBX);
AT(frame, reg[COS_REG_RBP], FRAME_RBP);
AT(frame, reg[COS_REG_RDI], FRAME_RDI);
AT(comp, epoch, COMP_EPOCH);
AT(comp, space, COMP_CR3);
AT(comp, captbl, COMP_CAPTBL);
AT(comp, gate, COMP_GATE);
AT(comp, inside, COMP_INSIDE);
AT(cap, type, CAP_TYPE);
AT(cap, target, CAP_TARGET);
AT(target, comp, TARGET_COMP);
AT(target, entry, TARGET_ENTRY);
AT(target, token, TARGET_TOKEN);
AT(thd, reg, THD_REG);
AT(thd, by_syscall, THD_BY_SYSCALL);
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "frame");
_Static_assert(CAP_SINV == CAP_TYPE_SINV, "type");
_Static_assert(COMP_EPOCH + 4 == offsetof(struct comp, kind_sinv), "stored with the epoch");
