/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Systems of small objects: how they are wired and ordered (W1 to W4 of wiring.c), and what is said
 * when they do not fit.
 */
#include <stdio.h>
#include <string.h>
#include "compose/system.h"
#include "tree.h"

struct trial {
	struct composition conf;
	struct sys sys;
};

static bool try_read(struct trial *trial, const char *text)
{
	*trial = (struct trial){0};
	return composition_read(&trial->conf, tree_file(&tree, "system/try.conf", text)) &&
	       sys_read(&trial->sys, &trial->conf, tree.top);
}

static void try_free(struct trial *trial)
{
	sys_free(&trial->sys);
	composition_free(&trial->conf);
}

/* n-th import of client from server, SYS_NONE: there is none. */
static size_t import_of(const struct sys *sys, const char *client, const char *function)
{
	for (size_t i = 0; i < sys->nimports; i++)
		if (!strcmp(sys->component[sys->import[i].client].name, client) &&
		    !strcmp(sys->functions.function[sys->import[i].function].name, function))
			return i;
	return SYS_NONE;
}

static bool is_before(const struct sys *sys, const char *first, const char *second)
{
	return sys_component(sys, first) < sys_component(sys, second);
}

static void reads_interfaces(void **state)
{
	struct trial trial;

	(void)state;
	assert_true(try_read(&trial, ""));
	const struct functions *f = &trial.sys.functions;
	const struct function *hit = &f->function[functions_find(f, "ping_hit")];
	assert_int_equal(f->n, 5);
	assert_int_equal(hit->nparams, 2);
	assert_false(hit->pair);
	assert_int_equal(hit->line, 2);
	assert_string_equal(hit->interface, "ping");
	assert_true(f->function[functions_find(f, "ping_two")].pair);
	assert_int_equal(f->function[functions_find(f, "ping_two")].nparams, 0);
	assert_int_equal(f->function[functions_find(f, "mem_pagefault")].nparams, 3);
	try_free(&trial);
}

static void wires_across_domains(void **state)
{
	struct trial trial;

	(void)state;
	assert_true(try_read(&trial, "domain \"b\" { components = {\"pong\"} }\n"
				     "domain \"a\" { components = {\"ping\"} }\n"));
	const struct sys *sys = &trial.sys;
	assert_int_equal(sys->ndomains, 5);
	assert_int_equal(sys->ncomponents, 5);
	assert_string_equal(sys->domain[0].name, "boot");
	assert_string_equal(sys->component[0].name, "boot");
	for (size_t i = 0; i < sys->ncomponents; i++)
		assert_int_equal(sys->component[i].id, i + 1);
	assert_true(is_before(sys, "mem", "sched"));
	assert_true(is_before(sys, "mem", "ping"));
	assert_true(is_before(sys, "ping", "pong"));
	size_t i = import_of(sys, "pong", "ping_hit");
	assert_true(i != SYS_NONE && sys->import[i].crossing);
	assert_string_equal(sys->component[sys->import[i].server].name, "ping");
	assert_int_equal(import_of(sys, "pong", "ping_two"), SYS_NONE);
	assert_int_equal(import_of(sys, "pong", "mem_map"), SYS_NONE);
	try_free(&trial);
}

static void wires_within_a_domain(void **state)
{
	struct trial trial;

	(void)state;
	assert_true(try_read(&trial, "domain \"both\" { components = {\"pong\", \"ping\"} }\n"));
	size_t i = import_of(&trial.sys, "pong", "ping_hit");
	assert_true(i != SYS_NONE && !trial.sys.import[i].crossing);
	i = import_of(&trial.sys, "ping", "mem_map");
	assert_true(i != SYS_NONE && trial.sys.import[i].crossing);
	/* The domain's list still names the right ones after they were put in the order of start.
	 */
	const struct sys_domain *both = &trial.sys.domain[3];
	assert_string_equal(trial.sys.component[both->component[0]].name, "pong");
	assert_string_equal(trial.sys.component[both->component[1]].name, "ping");
	try_free(&trial);
}

static void services_are_chosen(void **state)
{
	struct trial trial;

	(void)state;
	tree_component(&tree, "console", "console_x", "mem_map");
	assert_true(try_read(&trial, ""));
	assert_int_equal(trial.sys.ncomponents, 4);
	assert_true(sys_component(&trial.sys, "console") != SYS_NONE);
	try_free(&trial);
	assert_true(try_read(&trial, "services = {\"boot\", \"mem\"}\n"));
	assert_int_equal(trial.sys.ncomponents, 2);
	try_free(&trial);
	assert_true(try_read(&trial, "domain \"m\" { components = {\"mem\", \"sched\"} }\n"));
	assert_int_equal(trial.sys.ndomains, 3);
	assert_int_equal(trial.sys.component[sys_component(&trial.sys, "mem")].domain,
			 trial.sys.component[sys_component(&trial.sys, "sched")].domain);
	try_free(&trial);
}

static void weak_imports_are_optional(void **state)
{
	struct trial trial;

	(void)state;
	tree_component(&tree, "weak", "weak_x", "~pong_hit ~ping_two");
	assert_true(try_read(&trial, "domain \"w\" { components = {\"weak\"} }\n"
				     "domain \"p\" { components = {\"ping\"} }\n"));
	assert_int_equal(import_of(&trial.sys, "weak", "pong_hit"), SYS_NONE);
	assert_true(import_of(&trial.sys, "weak", "ping_two") != SYS_NONE);
	try_free(&trial);
	/* A weak import that would lead a thread back to where it is stays unwired. */
	tree_component(&tree, "back", "ping_hit ping_two", "~pong_hit");
	assert_true(try_read(&trial, "domain \"b\" { components = {\"back\"} }\n"
				     "domain \"p\" { components = {\"pong\"} }\n"));
	assert_int_equal(import_of(&trial.sys, "back", "pong_hit"), SYS_NONE);
	assert_true(import_of(&trial.sys, "pong", "ping_hit") != SYS_NONE);
	try_free(&trial);
	assert_true(try_read(&trial, "domain \"b\" { components = {\"back\", \"pong\"} }\n"));
	assert_true(import_of(&trial.sys, "back", "pong_hit") != SYS_NONE);
	try_free(&trial);
}

static bool has_param(const struct sys *sys, const char *component, size_t n, const char *text)
{
	const struct conf_list *params = &sys->component[sys_component(sys, component)].params;

	return n < params->n && !strcmp(params->word[n].text, text);
}

static void posix_is_told(void **state)
{
	struct trial trial;

	(void)state;
	tree_interface(&tree, "interface/posix/posix.h", "everyone",
		       "COS_INTERFACE long posix_gate(void);\n");
	tree_component(&tree, "posix", "__cos_entry_posix_gate", "~console_write");
	tree_interface(
		&tree, "interface/console/console.h", "everyone",
		"COS_INTERFACE long console_write(long s, const void *b, unsigned long n);\n");
	tree_component(&tree, "console", "console_write", "");
	assert_true(try_read(
		&trial, "domain \"p\" { components = {\"posix\"} }\n"
			"component \"posix\" { params = {\"A=1\"} devices = {\"virtio-blk#*\"} }\n"
			"mount \"/a b\" { type = \"ext2\" device = \"virtio-blk\" "
			"options = {\"noatime\"} }\n"
			"mount \"/tmp\" { type = \"tmpfs\" options = {\"ro\"} }\n"
			"program \"/p\" { args = {\"p\", \"x y\"} env = {\"E=\"} }\n"
			"program \"/q\" { stdin = \"null\" }\n"
			"network { hostname = \"h\" dns = \"10.0.2.3\" }\n"));
	static const char *const want[] = {
		"A=1",
		"MOUNT0=ext2 virtio-blk#0 /a\\040b rw,noatime",
		"MOUNT1=tmpfs - /tmp ro",
		"HOSTNAME=h",
		"DNS=10.0.2.3",
		"PROGRAM=/p",
		"ARGV0=p",
		"ARGV1=x y",
		"ENV0=E=",
		"CWD=/",
		"STDIN=console",
		"P1.PROGRAM=/q",
		"P1.ARGV0=/q",
		"P1.CWD=/",
		"P1.STDIN=null",
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (!has_param(&trial.sys, "posix", i, want[i]))
			fail_msg("parameter %zu is not %s", i, want[i]);
	const struct sys_component *console =
		&trial.sys.component[sys_component(&trial.sys, "console")];
	assert_int_equal(console->sees.n, 1);
	assert_string_equal(console->sees.word[0].text, "posix");
	size_t e = sys_export(&trial.sys, "posix_gate");
	assert_true(e != SYS_NONE && trial.sys.export[e].entry);
	try_free(&trial);
}

static void sched_is_told(void **state)
{
	struct trial trial;

	(void)state;
	tree_report(&tree);
	tree_interface(&tree, "interface/posix/posix.h", "everyone",
		       "COS_INTERFACE long posix_gate(void);\n");
	tree_interface(&tree, "interface/sched/sched.h", "everyone",
		       "COS_INTERFACE long sched_park(long ns);\n");
	tree_component(&tree, "posix", "__cos_entry_posix_gate", "sched_park");
	tree_component(&tree, "sched", "sched_park", "");
	bool ok = try_read(&trial, "domain \"p\" { components = {\"posix\", \"ping\"} }\n"
				   "component \"ping\" { cpu = 7 }\n"
				   "component \"posix\" { params = {\"A=1\"} }\n"
				   "component \"sched\" { params = {\"B=1\"} }\n"
				   "program \"/p\" { cpu = 20 }\n"
				   "program \"/q\" { }\n"
				   "program \"/r\" { cpu = 100 }\n");
	assert_string_equal(tree_reported(&tree), "");
	assert_true(ok);
	char ping[32];
	snprintf(ping, sizeof(ping), "BUDGET1=7 %zu",
		 trial.sys.component[sys_component(&trial.sys, "ping")].id);
	assert_true(has_param(&trial.sys, "sched", 0, "B=1"));
	assert_true(has_param(&trial.sys, "sched", 1, ping));
	assert_true(has_param(&trial.sys, "sched", 2, "BUDGET2=20"));
	assert_true(has_param(&trial.sys, "sched", 3, "BUDGET3=100"));
	assert_false(has_param(&trial.sys, "sched", 4, ""));
	assert_true(has_param(&trial.sys, "posix", 5, "BUDGET=2"));
	assert_true(has_param(&trial.sys, "posix", 14, "P2.BUDGET=3"));
	try_free(&trial);
}

static void network_is_told(void **state)
{
	static const struct {
		const char *text;
		const char *want[4];
	} cases[] = {
		{"", {"A=1", "RUMP_NET=none"}},
		{"network { }", {"A=1", "RUMP_NET=none"}},
		{"network { address = \"dhcp\" hostname = \"h\" }",
		 {"A=1", "RUMP_NET=dhcp auto6", "RUMP_HOSTNAME=h"}},
		{"network { address = \"10.0.2.15/24\" }", {"A=1", "RUMP_NET=10.0.2.15/24 auto6"}},
		{"network { address = \"10.0.2.15/24\" gateway = \"10.0.2.2\" dns = \"10.0.2.3\" }",
		 {"A=1", "RUMP_NET=10.0.2.15/24 gw 10.0.2.2 auto6"}},
	};

	(void)state;
	tree_interface(&tree, "interface/network/network.h", "everyone",
		       "COS_INTERFACE long network_generation(void);\n");
	tree_component(&tree, "network", "network_generation", "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trial trial;
		char text[512];

		snprintf(text, sizeof(text),
			 "domain \"n\" { components = {\"network\"} }\n"
			 "component \"network\" { params = {\"A=1\"} }\n%s\n",
			 cases[i].text);
		assert_true(try_read(&trial, text));
		size_t n = 0;
		for (; cases[i].want[n]; n++)
			if (!has_param(&trial.sys, "network", n, cases[i].want[n]))
				fail_msg("%s: parameter %zu is not %s", cases[i].text, n,
					 cases[i].want[n]);
		assert_int_equal(trial.sys.component[sys_component(&trial.sys, "network")].params.n,
				 n);
		try_free(&trial);
	}
}

static void devices_are_found(void **state)
{
	struct trial trial;

	(void)state;
	assert_true(try_read(&trial,
			     "domain \"p\" { components = {\"ping\"} }\n"
			     "component \"ping\" { devices = {\"virtio-net\", \"8086:10D3#2\", "
			     "\"virtio-blk#*\"} }\n"));
	const struct sys_component *c = &trial.sys.component[sys_component(&trial.sys, "ping")];
	assert_int_equal(c->ndevices, 3);
	assert_int_equal(c->device[0].vendor, 0x1af4);
	assert_int_equal(c->device[0].device, 0x1041);
	assert_int_equal(c->device[0].nth, 0);
	assert_int_equal(c->device[1].device, 0x10d3);
	assert_int_equal(c->device[1].nth, 2);
	assert_true(c->device[2].nth == SYS_DEVICE_ALL);
	try_free(&trial);
}

/* A type is one that both posix and the rump kernel have (mounts.c). */
static void mounts_are_checked(void **state)
{
	static const char parts[] = "domain \"p\" { components = {\"posix\"} }\n"
				    "domain \"s\" { components = {\"storage\"} }\n";
	struct pool *pool = &tree.pool;
	struct trial trial;

	(void)state;
	tree_interface(&tree, "interface/posix/posix.h", "everyone",
		       "COS_INTERFACE long posix_gate(void);\n");
	tree_interface(&tree, "interface/storage/storage.h", "everyone",
		       "COS_INTERFACE long storage_call(void);\n");
	tree_component(&tree, "posix",
		       "__cos_entry_posix_gate fs_type_ext2__ext2fs fs_type_ffs__ffs",
		       "storage_call");
	tree_component(&tree, "storage", "storage_call vfs_module_ext2fs vfs_module_tmpfs", "");
	assert_true(
		try_read(&trial, pool_printf(pool, "%smount \"/\" { type = \"ext2\" }\n", parts)));
	try_free(&trial);
	for (int i = 0; i < 3; i++) {
		static const char *const unknown[] = {"ext5", "ffs", "tmpfs"};

		tree_report(&tree);
		assert_false(
			try_read(&trial, pool_printf(pool, "%smount \"/\" {\n type = \"%s\" }\n",
						     parts, unknown[i])));
		assert_non_null(strstr(tree_reported(&tree),
				       pool_printf(pool,
						   "try.conf:4: mount \"/\": type \"%s\": "
						   "expected ext2\n",
						   unknown[i])));
		try_free(&trial);
	}
	/* NetBSD's rump kernel is not looked into. */
	tree_component(&tree, "storage", "storage_call", "");
	assert_true(
		try_read(&trial, pool_printf(pool, "%smount \"/\" { type = \"ffs\" }\n", parts)));
	try_free(&trial);
}

/* A1: each way to belong to an audience, and what a weak import of another becomes. */
static void audiences_are_kept(void **state)
{
	static const char all[] = "domain \"c\" { components = {\"console\"} }\n"
				  "domain \"p\" { components = {\"posix\"} }\n"
				  "domain \"d\" { components = {\"driver\"} }\n"
				  "component \"driver\" { devices = {\"virtio-blk\"} }\n"
				  "domain \"s\" { components = {\"stand-in\"} }\n"
				  "component \"stand-in\" { roles = {\"posix\", \"the kernel\"} }\n"
				  "domain \"o\" { components = {\"other\"} }\n"
				  "domain \"t\" { components = {\"target\"} }\n";
	struct trial trial;

	(void)state;
	tree_interface(&tree, "interface/target/p.h", "reboot, posix",
		       "COS_INTERFACE long target_posix(void);\n");
	tree_interface(&tree, "interface/target/d.h", "drivers",
		       "COS_INTERFACE long target_driver(void);\n");
	tree_interface(&tree, "interface/target/k.h", "the kernel",
		       "COS_INTERFACE long target_kernel(void);\n");
	tree_interface(&tree, "interface/target/c.h", "console",
		       "COS_INTERFACE long target_console(void);\n");
	tree_interface(&tree, "interface/posix/posix.h", "the kernel",
		       "COS_INTERFACE long posix_gate(void);\n");
	tree_component(&tree, "target", "target_posix target_driver target_kernel target_console",
		       "");
	tree_component(&tree, "console", "console_x", "target_console");
	tree_component(&tree, "posix", "__cos_entry_posix_gate", "target_posix ~target_console");
	tree_component(&tree, "driver", "driver_x", "~target_driver");
	tree_component(&tree, "stand-in", "stand_x", "target_posix target_kernel");
	tree_component(&tree, "other", "other_x",
		       "~target_posix ~target_driver ~target_kernel ~target_console");
	if (!try_read(&trial, all))
		fail_msg("%s", tree_reported(&tree));
	const struct sys *sys = &trial.sys;
	assert_true(import_of(sys, "console", "target_console") != SYS_NONE);
	assert_true(import_of(sys, "posix", "target_posix") != SYS_NONE);
	assert_true(import_of(sys, "posix", "target_console") == SYS_NONE);
	assert_true(import_of(sys, "stand-in", "target_posix") != SYS_NONE);
	assert_true(import_of(sys, "stand-in", "target_kernel") != SYS_NONE);
	/* However it asks, a driver needs its devices, and starts after their component. */
	assert_false(sys->import[import_of(sys, "driver", "target_driver")].weak);
	assert_true(is_before(sys, "target", "driver"));
	for (size_t i = 0; i < sys->nimports; i++)
		assert_string_not_equal(sys->component[sys->import[i].client].name, "other");
	assert_int_equal(sys_roles(sys, sys_component(sys, "posix")), 1U << COMPONENT_POSIX);
	assert_int_equal(sys_roles(sys, sys_component(sys, "stand-in")), 1U << COMPONENT_POSIX);
	assert_int_equal(sys_roles(sys, sys_component(sys, "console")), 1U << COMPONENT_CONSOLE);
	assert_int_equal(sys_roles(sys, sys_component(sys, "other")), 0);
	try_free(&trial);
}

/* A2 */
static void imports_are_limited(void **state)
{
	static const char *const allowed[] = {
		"", "imports = {\"ping\", \"pong\", \"mem\"}",
		"imports = {\"ping_hit\", \"ping_two\", \"pong_hit\"}"};
	struct pool *pool = &tree.pool;
	struct trial trial;

	(void)state;
	tree_component(&tree, "foreign", "foreign_x", "ping_hit ~ping_two");
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (!try_read(&trial, pool_printf(pool,
						  "domain \"p\" { components = {\"ping\"} }\n"
						  "domain \"f\" { components = {\"foreign\"} }\n"
						  "component \"foreign\" { %s }\n",
						  allowed[i])))
			fail_msg("%s: %s", allowed[i], tree_reported(&tree));
		assert_true(import_of(&trial.sys, "foreign", "ping_hit") != SYS_NONE);
		assert_true(import_of(&trial.sys, "foreign", "ping_two") != SYS_NONE);
		try_free(&trial);
	}
	assert_true(try_read(&trial, "domain \"p\" { components = {\"ping\"} }\n"
				     "domain \"f\" { components = {\"foreign\"} }\n"
				     "component \"foreign\" { imports = {\"ping_hit\"} }\n"));
	assert_true(import_of(&trial.sys, "foreign", "ping_hit") != SYS_NONE);
	assert_true(import_of(&trial.sys, "foreign", "ping_two") == SYS_NONE);
	try_free(&trial);
}

#define PING "domain \"p\" { components = {\"ping\"} }\n"
#define PONG "domain \"q\" { components = {\"pong\"} }\n"

static const struct {
	const char *text;
	const char *says[3];
} mistakes[] = {
	{"\ndomain \"x\" { components = {\"none\"} }",
	 {"try.conf:2:", "build/component/none.o is not built", "(make build/component/none.o)"}},
	{PING "domain \"x\" {\n components = {\"ping\"} }",
	 {"try.conf:3:", "is in domain \"p\" already", "each component once"}},
	{"domain \"x\" { components = {\"ping\", \"ping\"} }", {"try.conf:1:", "already"}},
	{"domain \"x\" { components = {\"boot\"} }", {"try.conf:1:", "a domain of its own"}},
	{"domain \"mem\" { components = {\"ping\"} }", {"domain \"mem\"", "another name"}},
	{"services = {\"mem\"}", {"try.conf:1:", "expected \"boot\" as the first"}},
	{"component \"ping\" { }", {"try.conf:1:", "is in no domain"}},
	{PONG, {"try.conf:1:", "\"pong\" imports ping_hit", "exports interface ping"}},
	{PONG "domain \"h\" { components = {\"half\"} }",
	 {"try.conf:1:", "imports ping_hit", "\"half\" exports others of interface ping"}},
	{PING "domain \"x\" {\n components = {\"half\"} }",
	 {"try.conf:3:", "\"ping\" and \"half\" both export ping_two", "one exporter"}},
	{"domain \"a\" { components = {\"a\"} }\ndomain \"b\" { components = {\"b\"} }",
	 {"try.conf:1:", "a circle of imports: a -(pong_hit)-> b -(ping_hit)-> a", "order"}},
	{"domain \"ab\" { components = {\"a\", \"b\"} }", {"a circle of imports"}},
	{"domain \"x\" { components = {\"c\", \"ping\"} }\n" PONG,
	 {"a circle of domains", "imports pong_hit from \"pong\" in domain \"q\"", "one way"}},
	{"domain \"x\" { components = {\"noinit\"} }",
	 {"try.conf:1:", "\"noinit\" does not define component_init"}},
	{"domain \"x\" { components = {\"text\"} }\ncomponent \"text\" { object = \"kernel/.here\" "
	 "}",
	 {"kernel/.here", "expected a relocatable x86-64 ELF file"}},
	{PING "component \"ping\" {\n devices = {\"floppy\"} }",
	 {"try.conf:3:", "\"floppy\"", "expected virtio-blk, virtio-net"}},
	{PING "component \"ping\" { devices = {\"virtio-blk#x\"} }", {"try.conf:2:", "expected"}},
	{PING "component \"ping\" { devices = {\"12345:1\"} }", {"try.conf:2:", "expected"}},
	{PING "component \"ping\" { devices = {\"virtio-blk\", \"virtio-blk#0\"} }",
	 {"try.conf:2:", "belongs to component \"ping\" already"}},
	{PING "component \"ping\" { sees = {\"who\"} }",
	 {"try.conf:2:", "sees \"who\"", "expected"}},
	{PING "component \"ping\" {\n cpu = 20 }", {"try.conf:3:", "exports interface sched"}},
	{"component \"boot\" { cpu = 20 }", {"try.conf:1:", "time is the system's"}},
	{"\nprogram \"/p\" { cpu = 5 }", {"try.conf:2:", "exports interface sched"}},
	{"program \"/p\" { }", {"try.conf:1:", "a component that exports interface posix"}},
	{"\nmount \"/\" { type = \"tmpfs\" }", {"try.conf:2:", "that exports interface posix"}},
	{"\nnetwork { address = \"dhcp\" }", {"try.conf:2:", "that exports interface network"}},
	{"blob \"b\" { file = \"none\" }", {"try.conf:1:", "no file", "none"}},
	{"blob \"b\" { file = \"system/try.conf\" component = \"who\" }",
	 {"try.conf:1:", "\"who\"", "expected a component"}},
	{PING "domain \"x\" {\n components = {\"evil\"} }",
	 {"try.conf:3: component \"evil\"", "build/component/evil.o) imports mem_pagefault (",
	  "interface/mem/pager.h:1), which is for the kernel: expected an object that does not"}},
	{PING "domain \"x\" { components = {\"evil\"} }\n\ncomponent \"evil\" {\n imports = "
	      "{\"mem_pagefault\"} roles = {\"posix\", \"dev\"} }",
	 {"imports mem_pagefault (", "which is for the kernel"}},
	{PING "domain \"x\" { components = {\"greedy\"} }\n\ncomponent \"greedy\" {\n imports = "
	      "{\"mem\"} }",
	 {"try.conf:4: component \"greedy\"", "imports ping_hit (",
	  "which its imports do not name: expected an object that does not, or \"ping_hit\" or "
	  "\"ping\""}},
	{PING "domain \"x\" { components = {\"greedy\"} }\ncomponent \"greedy\" { imports = {} }",
	 {"imports ping_hit", "do not name"}},
	{PING "component \"ping\" {\n imports = {\"mem\", \"pingg\"} }",
	 {"try.conf:3:", "import \"pingg\" of component \"ping\"", "expected a function"}},
	{PING "component \"ping\" {\n roles = {\"root\"} }",
	 {"try.conf:3:", "role \"root\" of component \"ping\"", "expected one of posix, drivers"}},
	{"interfaces = {\"interface/bad/audience.txt\"}",
	 {"audience.txt:3:", "does not say who may call it", "Audience: everyone."}},
	{"interfaces = {\"none.h\"}", {"none.h: cannot read the interface"}},
	{"interfaces = {\"interface/bad/seven.txt\"}",
	 {"seven.txt:1:", "7 parameters", "at most 6"}},
	{"interfaces = {\"interface/bad/pointer.txt\"}",
	 {"pointer.txt:2:", "expected a function that returns long"}},
	{"interfaces = {\"interface/bad/twice.txt\"}", {"twice.txt:1:", "declared already"}},
};

static void reports_mistakes(void **state)
{
	(void)state;
	tree_component(&tree, "half", "ping_two", "");
	tree_component(&tree, "a", "ping_hit", "pong_hit");
	tree_component(&tree, "b", "pong_hit", "ping_hit");
	tree_component(&tree, "c", "c_x", "pong_hit");
	tree_component(&tree, "noinit", "- noinit_x", "");
	tree_interface(
		&tree, "interface/bad/seven.txt", "everyone",
		"COS_INTERFACE long seven(int a, int b, int c, int d, int e, int f, int g);\n");
	tree_interface(&tree, "interface/bad/pointer.txt", "everyone",
		       "\nCOS_INTERFACE void *pointer(void);\n");
	tree_interface(&tree, "interface/bad/twice.txt", "everyone",
		       "COS_INTERFACE long ping_hit(void);\n");
	tree_file(
		&tree, "interface/bad/audience.txt",
		"/*\n * Audience: a line without a full stop */\nCOS_INTERFACE long lost(void);\n");
	tree_component(&tree, "evil", "evil_x", "mem_pagefault");
	tree_component(&tree, "greedy", "greedy_x", "ping_hit");
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct trial trial;

		tree_report(&tree);
		bool ok = try_read(&trial, mistakes[i].text);
		const char *said = tree_reported(&tree);
		for (size_t j = 0; j < 3 && mistakes[i].says[j]; j++)
			if (ok || !strstr(said, mistakes[i].says[j]))
				fail_msg("mistake %zu (%s): ok %d, expected \"%s\", reported: %s",
					 i, mistakes[i].text, ok, mistakes[i].says[j], said);
		try_free(&trial);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_interfaces, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(wires_across_domains, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(wires_within_a_domain, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(services_are_chosen, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(weak_imports_are_optional, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(posix_is_told, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(sched_is_told, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(network_is_told, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(devices_are_found, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(mounts_are_checked, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(audiences_are_kept, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(imports_are_limited, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(reports_mistakes, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests_name("tools/r2c/system", tests, NULL, NULL);
}
