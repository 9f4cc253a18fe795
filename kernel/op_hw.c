/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on the hardware capability (interrupts, log, cores, time, end), and on I/O ports. */
#include <stddef.h>
#include "arcv.h"
#include "core.h"
#include "log.h"
#include "mem.h"
#include "op.h"

#define PORT_MAX 0xffff
#define LOG_MAX 32   /* the text is in four registers */
#define LOG_VECTOR 0 /* of core 0: an exception's, so no interrupt has it */

static int64_t hw_sched(const struct op *op)
{
	const struct cap *thd, *arcv;
	int err = op_cap(op, 0, CAP_THD, COS_USE_ABOVE, &thd);

	if (!err)
		err = op_cap(op, 1, CAP_ARCV, COS_USE_BIND, &arcv);
	if (err)
		return err;
	if (thd->thd != arcv->thd)
		return -COS_EINVAL;
	if (thd->thd->state == THD_DEAD)
		return -COS_EDEAD;
	if (thd->thd->state == THD_BLOCKED)
		return -COS_EBUSY;
	return core_sched_set(thd->thd);
}

static int64_t hw_idle(const struct op *op)
{
	struct cpu *c = cpu();

	if (op->thd != c->sched)
		return -COS_EPERM;
	/*
	 * An event since the scheduler thread last looked must not be slept over. Another thread of
	 * its component may have taken the event from the queue: the token shows that too (D4).
	 */
	if (op_arg(op, 1) && op_arg(op, 1) != c->token)
		return -COS_EAGAIN;
	if (op->thd->event_queue.first || op->thd->events)
		return 0;
	core_deadline(c, op_arg(op, 0));
	core_idle();
	return 0;
}

/* Bind the first free vector, or that of the log. */
static int64_t hw_irq_bind(const struct op *op)
{
	bool log = op->number == COS_HW_LOG_BIND;
	unsigned vector = log ? LOG_VECTOR : IRQ_VECTOR_FIRST,
		 last = log ? LOG_VECTOR : IRQ_VECTOR_LAST;
	struct cpu *c = log ? core_cpu(0) : cpu();
	const struct cap *arcv;
	int err = op_cap(op, 0, CAP_ARCV, COS_USE_BIND, &arcv);

	if (err)
		return err;
	for (; vector <= last; vector++) {
		if (c->irq[vector])
			continue;
		err = mem_ref(arcv->thd);
		if (err)
			return err;
		c->irq[vector] = arcv->thd;
		op_result(op, 0, vector);
		op_result(op, 1, apic_id());
		return 0;
	}
	return -COS_ENOMEM;
}

static int64_t hw_irq_free(const struct op *op)
{
	uint64_t vector = op_arg(op, 0);
	int err;

	if (vector < IRQ_VECTOR_FIRST || vector > IRQ_VECTOR_LAST)
		return -COS_EINVAL;
	if (!cpu()->irq[vector])
		return -COS_ENOENT;
	err = thd_put(cpu()->irq[vector]);
	if (!err)
		cpu()->irq[vector] = NULL;
	return err;
}

static int64_t hw_ioport(const struct op *op)
{
	uint64_t first = op_arg(op, 2), last = op_arg(op, 3);

	if (first > last || last > PORT_MAX)
		return -COS_EINVAL;
	return op_make_range(op, CAP_IOPORT, UINT32_MAX, first, last - first + 1);
}

static int64_t hw_devmem(const struct op *op)
{
	uint64_t pa = op_arg(op, 2), npages = op_arg(op, 3);
	uint64_t limit = machine_paddr_end();

	if (pa % COS_PAGE_SIZE || pa >= limit || !npages || npages > (limit - pa) / COS_PAGE_SIZE)
		return -COS_EINVAL;
	if (!machine_is_device(pa, npages))
		return -COS_EPERM;
	return op_make_range(op, CAP_DEVMEM, UINT32_MAX, pa, npages);
}

static int64_t hw_quiesce(const struct op *op)
{
	uint64_t stamp = op_arg(op, 0) ? op_arg(op, 0) : quiesce_stamp();

	op_result(op, 0, stamp);
	if (stamp > quiesce_stamp())
		return -COS_EINVAL;
	return quiesce_passed(stamp) ? 0 : -COS_EAGAIN;
}

static int64_t hw_core_init(const struct op *op)
{
	struct range pages;
	int err = op_pages(op, 1, COS_USE_OBJECT, &pages);

	if (!err && pages.count < COS_CORE_PAGES)
		err = -COS_EINVAL;
	return err ? err : machine_core_init(op_arg(op, 0), pages.first);
}

static int64_t hw_log(const struct op *op)
{
	uint64_t len = op_arg(op, 0), text[LOG_MAX / 8];
	struct thd *reader = core_cpu(0)->irq[LOG_VECTOR];

	if (len > LOG_MAX)
		return -COS_EINVAL;
	for (unsigned i = 0; i < 4; i++)
		text[i] = op_arg(op, i + 1);
	len = log_write((const char *)text, len);
	if (reader && len)
		(void)arcv_send(reader);
	return (int64_t)len;
}

static int64_t hw_log_read(const struct op *op)
{
	uint64_t position = op_arg(op, 0), text[2] = {0};
	int64_t n = log_read(&position, (char *)text, sizeof(text));

	op_result(op, 0, position);
	op_result(op, 1, text[0]);
	op_result(op, 2, text[1]);
	return n;
}

static int64_t hw_time(const struct op *op)
{
	const struct cap *tcap;
	int err = op_cap(op, 0, CAP_TCAP, COS_USE_FILL, &tcap);

	return err ? err : tcap_transfer(NULL, tcap->tcap, op_arg(op, 1));
}

static int64_t hw_core_startup(const struct op *op)
{
	if (op_arg(op, 0))
		machine_core_startup();
	return core_count();
}

static int64_t hw_halt(const struct op *op)
{
	if (op_arg(op, 0) > COS_HALT_MAX)
		return -COS_EINVAL;
	log_wait(true);
	machine_halt((unsigned)op_arg(op, 0));
}

int64_t op_hw(const struct op *op)
{
	static op_handler *const handler[32] = {
		[COS_HW_SCHED] = hw_sched,
		[COS_HW_IDLE] = hw_idle,
		[COS_HW_IRQ_BIND] = hw_irq_bind,
		[COS_HW_IRQ_FREE] = hw_irq_free,
		[COS_HW_IOPORT] = hw_ioport,
		[COS_HW_DEVMEM] = hw_devmem,
		[COS_HW_LOG] = hw_log,
		[COS_HW_LOG_READ] = hw_log_read,
		[COS_HW_LOG_BIND] = hw_irq_bind,
		[COS_HW_QUIESCE] = hw_quiesce,
		[COS_HW_TIME] = hw_time,
		[COS_HW_CORE_INIT] = hw_core_init,
		[COS_HW_CORE_STARTUP] = hw_core_startup,
		[COS_HW_HALT] = hw_halt,
	};

	return handler[op->number] ? handler[op->number](op) : -COS_ENOSYS;
}

int64_t op_port(const struct op *op)
{
	uint64_t port = op_arg(op, 0), bytes = op_arg(op, 1);
	uint64_t first = op->cap->range.first, count = op->cap->range.count;

	if (op->number > COS_PORT_OUT)
		return -COS_ENOSYS;
	if (bytes != 1 && bytes != 2 && bytes != 4)
		return -COS_EINVAL;
	if (port < first || port - first >= count || bytes > count - (port - first))
		return -COS_EPERM;
	if (op->number == COS_PORT_OUT)
		port_out((uint16_t)port, (unsigned)bytes, (uint32_t)op_arg(op, 2));
	else
		op_result(op, 0, port_in((uint16_t)port, (unsigned)bytes));
	return 0;
}
