/* SPDX-License-Identifier: BSD-2-Clause */
#include <mem/mem.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "core.h"

extern const char sched_entry[]; /* x86_64/entry.S */
_Noreturn void sched_main(void);
long component_init(void);

void cos_log_write(const char *text, size_t len)
{
	cos_log_kernel(text, len);
}

_Noreturn void sched_main(void)
{
	core_run(core_here());
}

/* Makes the core's scheduler thread; it runs for the first time when a thread waits. */
long component_init(void)
{
	struct core *core = core_here();
	long tid =
		mem_thd_create(cos_component_id(), (unsigned long)sched_entry, 0, MEM_THD_NOGATE);
	struct cos_pair arcv;

	if (tid < 0)
		return tid;
	arcv = mem_arcv_create(tid);
	if (arcv.v0 < 0)
		return arcv.v0;
	core->sched_tid = tid;
	core->arcv = (uint64_t)arcv.v0;
	return cos_op2(COS_CAP_HW, COS_HW_SCHED, (uint64_t)MEM_THD_CAP(tid), core->arcv);
}
