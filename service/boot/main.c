/* SPDX-License-Identifier: BSD-2-Clause */
/* The start of the system, step by step (boot.h). */
#include <sched/boot.h>
#include <sched/sched.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/syscall.h>
#include "boot.h"

#define EXIT_FAILED 1 /* of the system, COS_HW_HALT */

struct system boot_system;

/* Not called: the kernel starts boot. The image's tables have the symbol of each component. */
long component_init(void);
long component_init(void)
{
	return 0;
}

void cos_log_write(const char *text, size_t len)
{
	cos_log_kernel_by(COS_BOOT_HW, text, len);
}

long boot_must(long result, const char *what, const char *name)
{
	if (result >= 0)
		return result;
	cos_log("boot: %s %s: error %ld\n", what, name, result);
	(void)cos_op1(COS_BOOT_HW, COS_HW_HALT, EXIT_FAILED);
	__builtin_trap();
}

const void *image_at(uint32_t offset)
{
	return (const char *)boot_system.image + offset;
}

const char *image_string(uint32_t offset)
{
	return image_at(offset);
}

const struct image_segment *image_segments(void)
{
	return image_at(boot_system.image->segments.offset);
}

const struct image_invocation *image_invocations(void)
{
	return image_at(boot_system.image->invocations.offset);
}

static void *table(uint32_t count, size_t size)
{
	return memory_own((count * size + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE, NULL);
}

static void open_image(void)
{
	const struct image_header *image = (const void *)boot_system.info->image_va;
	const struct image_component *component;

	boot_system.image = image;
	if (boot_system.info->image_len_bytes < sizeof(*image) ||
	    image->first.magic != IMAGE_MAGIC || image->first.version != IMAGE_VERSION ||
	    image->first.len_bytes > boot_system.info->image_len_bytes)
		boot_must(-COS_EINVAL, "there is no image, or one of another version", "");
	component = image_at(image->components.offset);
	boot_system.domain = table(image->domains.count, sizeof(struct domain));
	boot_system.component = table(image->components.count, sizeof(struct component));
	boot_system.pager_cap = table(image->invocations.count + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < image->components.count; i++)
		boot_system.component[i].image = &component[i];
}

/* Run the component's component_init, in its domain, by this thread. */
static long init_component(const struct component *component)
{
	struct cos_pair result = boot_invoke(component->init, component->image->init);

	return result.v0 < 0 ? result.v0 : result.v1;
}

/* mem and sched: without them there is no system. */
static void init_vital(enum component_role role, const char *name)
{
	struct component *component = component_of_role(role);

	boot_must(component != NULL ? 0 : -COS_ENOENT, "the image has no component", name);
	boot_must(init_component(component), "no system without component", name);
}

static bool is_vital(const struct component *component)
{
	return component->image->domain == 0 || component->image->role == COMPONENT_MEM ||
	       component->image->role == COMPONENT_SCHED;
}

static void init_others(void)
{
	for (uint32_t i = 0; i < boot_system.image->components.count; i++) {
		const struct component *component = &boot_system.component[i];
		const char *name = image_string(component->image->name);
		long error;

		if (is_vital(component))
			continue;
		error = init_component(component);
		if (error == -COS_EREBOOT)
			cos_log("boot: component %s failed in its initialisation\n", name);
		else if (error < 0)
			cos_log("boot: component %s does not start: error %ld\n", name, error);
	}
}

_Noreturn void boot_main(const struct cos_bootinfo *info, uint64_t tid)
{
	memory_init(info);
	boot_system.info = info;
	boot_system.tid = tid;
	open_image();
	build_domains();
	build_components();
	build_invocations();
	build_roles();
	build_handover();
	init_vital(COMPONENT_MEM, "mem");
	init_vital(COMPONENT_SCHED, "sched");
	boot_must(sched_adopt((long)tid, SCHED_PRIO_SERVICE), "sched does not take the thread of",
		  "boot");
	init_others();
	cos_log("boot: system %s is up\n", image_string(boot_system.image->name));
	for (;;)
		(void)sched_park(0);
}
