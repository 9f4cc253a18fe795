/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Link sets: whatever is linked in takes part. A file adds pointers to a set, which is an ELF
 * section; the linker provides its bounds as __start_ and __stop_ symbols; ld -r keeps the section.
 * The sets have NetBSD's names: rump_components (initialisation functions), modules (file system
 * types).
 *
 *	RUMP_COMPONENT(RUMP_COMPONENT_DEV, virtio_blk)
 *	{
 *		... runs once in rump_init, on lwp0, in the order of the types below ...
 *	}
 */
#ifndef RUMP_KERN_COMPONENT_H
#define RUMP_KERN_COMPONENT_H

enum rump_component_type {
	RUMP_COMPONENT_KERN,	  /* first: the others need it */
	RUMP_COMPONENT_VFS,	  /* after it the name space and the root exist */
	RUMP_COMPONENT_NET,	  /* protocol stack */
	RUMP_COMPONENT_DEV,	  /* disks, network cards; need vfs and net */
	RUMP_COMPONENT_NET_IF,	  /* interfaces without hardware */
	RUMP_COMPONENT_NET_IFCFG, /* addresses */
	RUMP_COMPONENT_POSTINIT,
	RUMP_COMPONENT_MAX
};

struct rump_component {
	enum rump_component_type rc_type;
	void (*rc_init)(void);
	const char *rc_name;
};

#define LINK_SET_ADD(set, sym)                          \
	static const void *const link_set_##set##_##sym \
		__attribute__((used, section("link_set_" #set))) = &sym
#define LINK_SET_DECLARE(set, type)                                              \
	extern type const *const __start_link_set_##set[] __attribute__((weak)); \
	extern type const *const __stop_link_set_##set[] __attribute__((weak))
#define LINK_SET_FOREACH(pp, set) \
	for ((pp) = __start_link_set_##set; (pp) < __stop_link_set_##set; (pp)++)

#define RUMP_COMPONENT(type, name)                                   \
	static void rump_component_init_##name(void);                \
	static const struct rump_component rump_component_##name = { \
		type, rump_component_init_##name, #name};            \
	LINK_SET_ADD(rump_components, rump_component_##name);        \
	static void rump_component_init_##name(void)

/* Initialise every component of the type, in link order. */
void rump_component_init(enum rump_component_type type);

#endif
