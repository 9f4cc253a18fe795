/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is linked into the component: the link sets of its rump kernel. The linker supplies their
 * bounds, and r2c gives each component its own. Both are arrays of pointers. No symbol table exists
 * at run time, so none is handed over: a module's references are resolved when the component is
 * linked.
 */
#include "hyp.h"

#define SET_BOUNDS(type, name)                                                    \
	extern type const *const __start_link_set_##name[] __attribute__((weak)); \
	extern type const *const __stop_link_set_##name[] __attribute__((weak))

SET_BOUNDS(struct modinfo, modules);
SET_BOUNDS(struct rump_component, rump_components);

void rumpuser_dl_bootstrap(rump_modinit_fn modinit, rump_symload_fn symload,
			   rump_compload_fn compload)
{
	const struct modinfo *const *modules = __start_link_set_modules;
	const struct rump_component *const *c = __start_link_set_rump_components;

	(void)symload;
	if (modinit && modules < __stop_link_set_modules)
		modinit(modules, (size_t)(__stop_link_set_modules - modules));
	for (; compload && c < __stop_link_set_rump_components; c++)
		compload(*c);
}
