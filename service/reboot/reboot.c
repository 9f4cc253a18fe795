/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reboot: the handler of every component's exceptions, entered by the thread that failed.
 *
 * The states of a component: running, and stopped. The first failure, or its own wish, stops it,
 * with all that share its domain, before anything else is done, so that nothing more goes in and
 * the other threads in it come out (COS_EREBOOT at their callers); then it is reported; then the
 * handler declines, and the kernel takes the thread out as well. A failure of another thread in it
 * meanwhile is one line. Nothing starts a component again yet; the generation that reboot_status
 * tells is there for callers to compare.
 *
 * Some failures end the system: of mem or sched, without which nothing runs, this one included:
 * then registers are written and the machine halts, with no call to anyone; and of what the
 * parameter ESSENTIAL names (components, separated by commas; posix, if it is not given): without
 * it the program cannot go on, and the host is told why.
 */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/param.h>
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
#define REASON_MAX 200
#define DECLINE 1
#define FAULT_PROTECTION 13 /* SDM 3A table 6-1 */

struct state {
	bool stopped;
	long generation;
};

/* Small systems have no devices. */
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

/* Does one of the names in the list share a domain with c? */
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
	/* The kernel does not come back from that: something is wrong with the capability itself.
	 */
	cos_panic("reboot: cannot halt");
}

/* The host learns why; without the console it finds the reason in the log alone. */
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

/* What c's domain has of devices stops: they go on writing to memory otherwise. */
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

/* Stop c's domain. false: it was stopped before. */
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
	/* Those that sleep in it leave too: nobody would wake them any more. */
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
	/* The caller is stopped by this: the return goes to whoever called it. */
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

/* What console_write and console_exit returned is on the line already: nothing to wait for. */
long reboot_system(long status)
{
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
