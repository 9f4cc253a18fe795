/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reboot: what happens when a component fails. It is the handler of every component's exceptions,
 * which the thread that failed enters. Nothing is restarted yet: the generation that reboot_status
 * returns is for callers to compare once that exists.
 *
 *	RUNNING -> STOPPED	component_stop, with all components of the domain: at the first
 *				failure, or when the component gives itself up or ends
 *
 * I1  A component is stopped before anything else is done, so that no call enters it any more and
 *     the threads inside leave it (COS_EREBOOT at their callers). Then its devices are stopped,
 *     then sleeping threads are woken so that they leave too, and then the failure is reported. At
 *     the end the handler declines, and the kernel takes the failed thread out as well.
 * I2  A failure of another thread in a stopped component is one line in the log.
 * I3  A failure of mem or sched ends the system: nothing runs without them, this component
 *     included. The registers are written, and the machine halts without a call to any other
 *     component.
 * I4  A failure of a component that the parameter ESSENTIAL names (a list with commas; posix, if it
 *     is not given) ends the system too, since the program cannot go on. The host is told the
 *     reason.
 */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/reach.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/syscall.h>
#include <boot/boot.h>
#include <boot/image.h>
#include <console/control.h>
#include <dev/control.h>
#include <mem/control.h>
#include <reboot/handler.h>
#include <reboot/reboot.h>
#include <reboot/system.h>
#include <sched/control.h>

#include "portio.h"
#include "report.h"

#define STATUS_FAILED 1
#define REASON_MAX 200 /* two lines for the host; the log has all of it */
#define DECLINE 1
#define FAULT_PROTECTION 13 /* SDM 3A table 6-1 */

struct state {
	bool stopped;
	long generation;
};

/* A small system has no dev. */
extern __typeof__(dev_comp_stop) dev_comp_stop __attribute__((weak));

static struct cos_mutex reboot_mutex; /* states, and one report at a time */
static struct state *states;	      /* one a component of the image, in its order */

void cos_log_write(const char *text, size_t len)
{
	cos_log_kernel(text, len);
}

static const struct image_header *image(void)
{
	return (const struct image_header *)COS_IMAGE_VA;
}

static const struct image_component *components(void)
{
	return (const struct image_component *)(COS_IMAGE_VA +
						(uint64_t)image()->components.offset);
}

static bool shares_domain_with(const struct image_component *c, enum component_role role)
{
	for (uint32_t i = 0; i < image()->components.count; i++)
		if (components()[i].domain == c->domain && components()[i].role == role)
			return true;
	return false;
}

static bool shares_domain(const struct image_component *c, const char *name)
{
	for (uint32_t i = 0; i < image()->components.count; i++)
		if (components()[i].domain == c->domain &&
		    strcmp(image_string(components()[i].name), name) == 0)
			return true;
	return false;
}

/* Does a component that ESSENTIAL names share a domain with c? */
static bool is_essential(const struct image_component *c)
{
	const char *list = cos_param("ESSENTIAL");

	if (!list)
		list = "posix";
	while (*list) {
		const char *end = strchr(list, ',');
		size_t len = end ? (size_t)(end - list) : strlen(list);
		char name[64];

		if (len < sizeof(name)) {
			memcpy(name, list, len);
			name[len] = '\0';
			if (shares_domain(c, name))
				return true;
		}
		list += len + (end != NULL);
	}
	return false;
}

static _Noreturn void halt(long status)
{
	cos_op1(COS_CAP_HW, COS_HW_HALT, (uint64_t)status);
	/* The kernel does not return from COS_HW_HALT, unless the capability does not allow it. */
	cos_panic("reboot: cannot halt");
}

/*
 * End the system and tell the host the reason (I4). If console failed itself, only the log has it.
 */
static _Noreturn void system_fail(const struct image_component *c, const char *reason)
{
	size_t len = strlen(reason), at = 0;

	cos_log("reboot: the system cannot go on without it\n");
	while (!shares_domain_with(c, COMPONENT_CONSOLE) && !shares_domain_with(c, COMPONENT_DEV)) {
		unsigned long word[4] = {0},
			      part = len - at < sizeof(word) ? len - at : sizeof(word);

		memcpy(word, reason + at, part);
		if (console_fail(part, word[0], word[1], word[2], word[3]) != 0 ||
		    part < sizeof(word))
			break;
		at += part;
	}
	halt(STATUS_FAILED);
}

/* Stop the devices of c's domain, which would go on writing to its memory. */
static void devices_stop(const struct image_component *c)
{
	if (!dev_comp_stop || shares_domain_with(c, COMPONENT_DEV))
		return;
	for (uint32_t i = 0; i < image()->components.count; i++) {
		const struct image_component *other = &components()[i];
		long error = other->domain == c->domain ? dev_comp_stop(other->id) : 0;

		if (error)
			cos_log("reboot: cannot stop the devices of %s (%ld)\n",
				image_string(other->name), error);
	}
}

/* Stop c's domain (I1). False: it was stopped before. */
static bool component_stop(const struct image_component *c)
{
	bool first = !states[c - components()].stopped;
	long error;

	for (uint32_t i = 0; i < image()->components.count; i++)
		if (components()[i].domain == c->domain)
			states[i].stopped = true;
	if (!first)
		return false;
	error = mem_comp_stop(c->id);
	if (!error)
		devices_stop(c);
	/* Threads that sleep in it leave too: no other thread would wake them any more. */
	if (!error)
		error = sched_wake_all();
	if (error)
		cos_log("reboot: cannot stop %s (%ld)\n", image_string(c->name), error);
	return true;
}

static void failure_handle(struct failure *f)
{
	const struct image_component *c = f->component;
	char reason[REASON_MAX];
	bool first;

	if (shares_domain_with(c, COMPONENT_MEM) || shares_domain_with(c, COMPONENT_SCHED)) {
		report_write(f, reason, sizeof(reason));
		halt(STATUS_FAILED);
	}
	cos_mutex_lock(&reboot_mutex);
	first = component_stop(c);
	if (first) {
		f->may_peek = true;
		report_write(f, reason, sizeof(reason));
	} else {
		cos_log("reboot: %s: thread %ld failed too, at 0x%lx\n", image_string(c->name),
			cos_tid(), f->reg[COS_REG_IP]);
	}
	cos_mutex_unlock(&reboot_mutex);
	if (first && is_essential(c))
		system_fail(c, reason);
}

long reboot_exception(long kind, unsigned long addr, long error, unsigned long ip, unsigned long sp,
		      long comp)
{
	struct failure f = {.component = image_component_find(comp),
			    .kind = kind,
			    .addr = addr,
			    .error = (uint64_t)error};

	if (!cos_entered_by_fault()) {
		cos_log("reboot: component %ld says that %ld failed, which it did not\n",
			cos_client(), comp);
		return -COS_EPERM;
	}
	if (!f.component) {
		cos_log("reboot: component %ld, which is not of this image, failed at 0x%lx\n",
			comp, ip);
		return DECLINE;
	}
	report_registers_get(f.reg);
	f.reg[COS_REG_IP] = ip;
	f.reg[COS_REG_SP] = sp;
	if (kind == FAULT_PROTECTION && portio_handle(comp, f.reg))
		return 0;
	failure_handle(&f);
	return DECLINE;
}

long reboot_panic(unsigned long ip, unsigned long bp)
{
	struct failure f = {.component = image_component_find(cos_client()), .panic = true};

	if (!f.component)
		return -COS_ENOENT;
	f.reg[COS_REG_IP] = ip;
	f.reg[COS_REG_RBP] = bp;
	/* This stops the caller, so the return unwinds to the caller's caller. */
	failure_handle(&f);
	return 0;
}

long reboot_exit(long status)
{
	struct failure f = {
		.component = image_component_find(cos_client()), .ended = true, .status = status};

	if (!f.component)
		return -COS_ENOENT;
	failure_handle(&f);
	return 0;
}

/* Output is on the line by now (console/stream.c, I1): there is nothing to wait for. */
long reboot_system(long status)
{
	if (!cos_has_role(cos_client(), COMPONENT_POSIX))
		return -COS_EPERM;
	if (status < 0 || status > COS_HALT_MAX)
		return -COS_EINVAL;
	halt(status);
}

struct cos_pair reboot_status(long comp)
{
	const struct image_component *c = image_component_find(comp);
	struct cos_pair result = {-COS_ENOENT, 0};

	if (!c)
		return result;
	cos_mutex_lock(&reboot_mutex);
	result.v0 = !states[c - components()].stopped;
	result.v1 = states[c - components()].generation;
	cos_mutex_unlock(&reboot_mutex);
	return result;
}

long component_init(void)
{
	states = cos_calloc(image()->components.count, sizeof(*states));
	if (!states)
		return -COS_ENOMEM;
	for (uint32_t i = 0; i < image()->components.count; i++)
		states[i].generation = 1;
	return 0;
}
