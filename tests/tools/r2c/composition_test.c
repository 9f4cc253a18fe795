/* SPDX-License-Identifier: BSD-2-Clause */
/* Composition files: what is read from a good one, and what is said about each mistake, on which
 * line. */
#include <string.h>
#include "compose/composition.h"
#include "tree.h"

static bool read_text(struct composition *conf, const char *text)
{
	return composition_read(conf, tree_file(&tree, "system/try.conf", text));
}

static void reads_everything(void **state)
{
	struct composition conf;

	(void)state;
	assert_true(read_text(
		&conf,
		"# a comment with domain \"x\" {\n"
		"system = 'name' // \"\n"
		"services = {\"boot\", \"mem\"}\n"
		"/* domain \"y\" {\n */ cmdline = \"a \\\"b\\\" c\"\n"
		"domain \"one\" { components = {\"a\",\n\"b\"} }\n"
		"domain \"two\" {\n components = {\"c\"} }\n"
		"component \"a\" { object = \"o\" sees = {\"b\", \"c\"} devices = {\"d\"}\n"
		"  params = {\"K=v\", \"L=\"} memory = \"3M\" priority = 7 cpu = 20 }\n"
		"mount \"/\" { type = \"ext2\" device = \"virtio-blk#1\" options = {\"ro\"} }\n"
		"program \"/bin/p\" { args = {\"p\", \"\"} env = {\"E=1\"} cwd = \"/tmp\" "
		"stdin = \"null\" }\n"
		"program \"/bin/q\" { cpu = 200 }\n"
		"network { hostname = \"h\" address = \"10.0.2.15/24\" gateway = \"10.0.2.2\" }\n"
		"blob \"b\" { file = \"f\" component = \"a\" }\n"
		"machine { memory = \"1G\" cpus = 2 disk = {\"x\", \"y\"} net = true "
		"iommu = true forward = {\"1:65535\"} }\n"));
	assert_string_equal(conf.name, "name");
	assert_string_equal(conf.cmdline, "a \"b\" c");
	assert_int_equal(conf.services.n, 2);
	assert_int_equal(conf.ndomains, 2);
	assert_string_equal(conf.domain[0].name, "one");
	assert_int_equal(conf.domain[0].line, 6);
	assert_string_equal(conf.domain[0].components.word[1].text, "b");
	assert_int_equal(conf.domain[0].components.word[0].line, 6);
	assert_int_equal(conf.domain[0].components.word[1].line, 7);
	assert_int_equal(conf.domain[1].line, 8);
	assert_int_equal(conf.domain[1].components.word[0].line, 9);
	assert_int_equal(conf.ncomponents, 1);
	assert_string_equal(conf.component[0].object.text, "o");
	assert_string_equal(conf.component[0].params.word[1].text, "L=");
	assert_int_equal(conf.component[0].memory_bytes, 3 << 20);
	assert_int_equal(conf.component[0].priority, 7);
	assert_int_equal(conf.component[0].cpu_percent, 20);
	assert_int_equal(conf.nmounts, 1);
	assert_string_equal(conf.mount[0].device.text, "virtio-blk#1");
	assert_int_equal(conf.nprograms, 2);
	assert_string_equal(conf.program[0].args.word[1].text, "");
	assert_string_equal(conf.program[0].cwd, "/tmp");
	assert_true(conf.program[0].stdin_null);
	assert_int_equal(conf.program[0].cpu_percent, 0);
	assert_int_equal(conf.program[1].cpu_percent, 200);
	assert_false(conf.program[1].stdin_null);
	assert_string_equal(conf.program[1].cwd, "/");
	assert_string_equal(conf.network.gateway, "10.0.2.2");
	assert_null(conf.network.dns);
	assert_int_equal(conf.nblobs, 1);
	assert_int_equal(conf.machine.memory_bytes, 1 << 30);
	assert_int_equal(conf.machine.cpus, 2);
	assert_true(conf.machine.net);
	assert_true(conf.machine.iommu);
	assert_string_equal(conf.machine.disks.word[1].text, "y");
	assert_string_equal(tree_reported(&tree), "");
	composition_free(&conf);
	/* A slash within a word starts no comment. */
	assert_true(read_text(&conf, "machine { disk = {http://x/y, 'z'} } # a"));
	assert_string_equal(conf.machine.disks.word[0].text, "http://x/y");
	composition_free(&conf);
}

static void has_defaults(void **state)
{
	struct composition conf;

	(void)state;
	assert_true(read_text(&conf, ""));
	assert_string_equal(conf.name, "try");
	assert_int_equal(conf.ndomains, 0);
	assert_false(conf.services.given);
	assert_null(conf.network.address);
	assert_int_equal(conf.machine.memory_bytes, CONF_MEMORY_DEFAULT);
	assert_int_equal(conf.machine.cpus, 1);
	assert_false(conf.machine.net);
	assert_false(conf.machine.iommu);
	composition_free(&conf);
}

/* A file with one mistake in it: the line it is reported on and a part of what is said. */
static const struct {
	const char *text;
	const char *at;
	const char *says;
} mistakes[] = {
	{"\n\ndomane \"x\" {}", "try.conf:3:", "expected system, cmdline"},
	{"domain \"x\" {\n component = {\"a\"}\n}", "try.conf:2:", "expected components"},
	{"domain {\n}", "try.conf:1:", "title"},
	{"system \"x\"\n", "try.conf:1:", "equal sign"},
	{"\nsystem = \"a", "try.conf:", "expected a closing"},
	{"machine { cpus = \"x\" }", "try.conf:1:", "integer"},
	{"machine { net = 7 }", "try.conf:1:", "boolean"},
	{"machine { virtio = \"transitional\"\n iommu = true }", "try.conf:2:", "\"modern\""},
	{"\nmachine {\n memory = \"12Q\" }", "try.conf:3:", "expected a size"},
	{"component \"a\" {\n memory = \"\" }", "try.conf:2:", "expected a size"},
	{"machine { cpus = 0 }", "try.conf:1:", "expected 1 or more"},
	{"machine { forward = {\"80:80\",\n \"80\"} }", "try.conf:2:", "HOSTPORT:GUESTPORT"},
	{"machine { forward = {\"80:65536\"} }", "try.conf:1:", "HOSTPORT:GUESTPORT"},
	{"\ndomain \"x\" {\n}", "try.conf:2:", "expected components"},
	{"domain \"a/b\" { components = {\"a\"} }", "try.conf:1:", "without a slash"},
	{"domain \"x\" { components = {\"a\"} }\ndomain \"x\" { }", "try.conf:2:", "duplicate"},
	{"component \"a\" {\n\n params = {\"x\"} }", "try.conf:3:", "KEY=VALUE"},
	{"component \"a\" { priority = 64 }", "try.conf:1:", "0 (most urgent) to 63"},
	{"component \"a\" {\n cpu = 0 }", "try.conf:2:", "expected 1 to 100"},
	{"component \"a\" { cpu = \"x\" }", "try.conf:1:", "integer"},
	{"component \"a\" { cpu = 101 }", "try.conf:1:", "expected 1 to 100"},
	{"program \"/sh\" {\n\n cpu = 301 }\nmachine { cpus = 3 }",
	 "try.conf:3:", "expected 1 to 300"},
	{"program \"/sh\" { cpu = -5 }", "try.conf:1:", "percent of a core"},
	{"mount \"/\" { }", "try.conf:1:", "expected type"},
	{"mount \"mnt\" { type = \"tmpfs\" }", "try.conf:1:", "expected an absolute path"},
	{"program \"sh\" { }", "try.conf:1:", "expected an absolute path"},
	{"program \"/sh\" { cwd = \"x\" }", "try.conf:1:", "expected an absolute path"},
	{"program \"/sh\" {\n stdin = \"tty\" }", "try.conf:2:", "\"console\" or \"null\""},
	{"network { address = \"10.0.2.15\" }", "try.conf:1:", "ADDRESS/PREFIX"},
	{"network {\n address = \"10.0.2.15/33\" }", "try.conf:2:", "ADDRESS/PREFIX"},
	{"network { address = \"10.0.2/24\" }", "try.conf:1:", "ADDRESS/PREFIX"},
	{"network { address = \"10.0.2.15/24x\" }", "try.conf:1:", "ADDRESS/PREFIX"},
	{"network { address = \"10.0.2.15/24\"\n gateway = \"x\" }",
	 "try.conf:2:", "an IPv4 address"},
	{"network { address = \"dhcp\"\n gateway = \"10.0.2.2\" }",
	 "try.conf:2:", "expected address"},
	{"network {\n dns = \"10.0.2\" }", "try.conf:2:", "an IPv4 address"},
	{"blob \"b\" { }", "try.conf:1:", "expected file"},
	{"system = \"a/b\"", "try.conf:1:", "without a slash"},
	{"domain \"x\" { components = {\"a\"}", "try.conf:1:", "closing brace"},
	/* L1 to L4 of conf_parse.c */
	{"component \"a\" { params = {\"A=1\",\n \"B=\n\",\n\n\"C\"} }",
	 "try.conf:5:", "KEY=VALUE"},
	{"blob \"a\" { file = \"b\" } blob\n\"b\"\n{\n\n}", "try.conf:3:", "expected file"},
	{"domain \"x\" { components = {\"a\"} '(begin)' = {\"b\"} }",
	 "try.conf:1:", "no such option"},
	{"machine {\n}\nmachine {\n cpus = 0 }", "try.conf:4:", "expected 1 or more"},
	{"# a\n#\n // b\n/* c \"\n */ /**/ none = 1", "try.conf:5:", "no such option 'none'"},
	{"cmdline = \"# ${HOME:-\"}\" # a\nnone = 1", "try.conf:2:", "no such option 'none'"},
	{"services = {\"boot\", # the first\n \"mem\"} none = 1", "try.conf:2:", "'none'"},
	{"domain \"x\" { components = {\"a\"} }\n\ndomain \"y\" {\n /* }",
	 "try.conf:3:", "closing brace"},
};

static void reports_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct composition conf;
		const char *said;

		tree_report(&tree);
		bool ok = read_text(&conf, mistakes[i].text);
		composition_free(&conf);
		said = tree_reported(&tree);
		if (ok || !strstr(said, mistakes[i].at) || !strstr(said, mistakes[i].says))
			fail_msg("mistake %zu (%s): ok %d, reported: %s", i, mistakes[i].text, ok,
				 said);
	}
}

static void reports_all_mistakes(void **state)
{
	struct composition conf;

	(void)state;
	tree_report(&tree);
	assert_false(read_text(&conf, "machine { memory = \"x\" }\nmount \"/\" { }\n"));
	composition_free(&conf);
	assert_non_null(strstr(tree_reported(&tree), "try.conf:1:"));
	assert_non_null(strstr(tree_reported(&tree), "try.conf:2:"));
}

static void reports_missing_file(void **state)
{
	struct composition conf;

	(void)state;
	tree_report(&tree);
	assert_false(composition_read(&conf, "/nonexistent/x.conf"));
	composition_free(&conf);
	assert_non_null(strstr(tree_reported(&tree), "/nonexistent/x.conf: cannot read"));
}

static void parses_sizes(void **state)
{
	uint64_t bytes = 1;

	(void)state;
	assert_true(size_parse("0", &bytes) && bytes == 0);
	assert_true(size_parse("17", &bytes) && bytes == 17);
	assert_true(size_parse("2K", &bytes) && bytes == 2048);
	assert_true(size_parse("17179869183G", &bytes) && bytes == 17179869183ULL << 30);
	assert_false(size_parse("17179869184G", &bytes));
	assert_false(size_parse("18446744073709551616", &bytes));
	assert_false(size_parse("-1", &bytes));
	assert_false(size_parse("1MB", &bytes));
	assert_false(size_parse("M", &bytes));
	assert_false(size_parse("", &bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_everything),	cmocka_unit_test(has_defaults),
		cmocka_unit_test(reports_mistakes),	cmocka_unit_test(reports_all_mistakes),
		cmocka_unit_test(reports_missing_file), cmocka_unit_test(parses_sizes),
	};

	return cmocka_run_group_tests_name("tools/r2c/composition", tests, tree_setup,
					   tree_teardown);
}
