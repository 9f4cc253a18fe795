/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of what a program was linked with: link sets, which are pointers in sections of known
 * names (NetBSD sys/cdefs.h, __link_set_add_rodata). The suite has two components and three
 * modules; their contents do not matter to a host.
 */
#include "conf.h"

#define SET(name) __attribute__((used, section("link_set_" #name)))

static const char things[5];
static const void *const component_a SET(rump_components) = &things[0];
static const void *const component_b SET(rump_components) = &things[1];
static const void *const module_a SET(modules) = &things[2];
static const void *const module_b SET(modules) = &things[3];
static const void *const module_c SET(modules) = &things[4];

static int components[2], components_all, modules[3], modules_all, modinits, symloads;
static size_t modules_count;

static void modinit(const struct modinfo *const *list, size_t count)
{
	modinits++;
	modules_count += count;
	for (size_t i = 0; i < count; i++) {
		modules_all++;
		for (unsigned j = 0; j < 3; j++)
			modules[j] += (const char *)list[i] == &things[2 + j];
	}
}

static int symload(void *symtab, uint64_t size, char *strtab, uint64_t strsize)
{
	EXPECT(symtab != NULL && size > 0 && strtab != NULL && strsize > 0);
	symloads++;
	return RUMP_EBUSY; /* refused: they stay the host's */
}

static void compload(const struct rump_component *component)
{
	components_all++;
	for (unsigned j = 0; j < 2; j++)
		components[j] += (const char *)component == &things[j];
}

static void bootstrap(void)
{
	memset(components, 0, sizeof(components));
	memset(modules, 0, sizeof(modules));
	components_all = modules_all = modinits = symloads = 0;
	modules_count = 0;
	rumpuser_dl_bootstrap(modinit, symload, compload);
}

static const char *all_components(void)
{
	bootstrap();
	CHECK(components[0] == 1 && components[1] == 1);
	return NULL;
}

static const char *all_modules(void)
{
	bootstrap();
	CHECK(modules[0] == 1 && modules[1] == 1 && modules[2] == 1);
	CHECK(modules_count == (size_t)modules_all);
	return NULL;
}

static const char *nothing_else(void)
{
	bootstrap();
	CHECK(components_all == 2 && modules_all == 3);
	return NULL;
}

static const char *no_symload(void)
{
	rumpuser_dl_bootstrap(modinit, NULL, compload);
	return NULL;
}

static const struct conf_check checks[] = {
	{"each component that is linked in is handed over once (rumpuser.h, dl_bootstrap)",
	 all_components},
	{"each module that is linked in is handed over once (rumpuser.h, dl_bootstrap)",
	 all_modules},
	{"nothing else is (rumpuser.h, dl_bootstrap)", nothing_else},
	{"a kernel that takes no symbols gets none (rumpuser.h, dl_bootstrap)", no_symload},
};
const struct conf_section conf_dl = SECTION("dl", checks);
