/* SPDX-License-Identifier: BSD-2-Clause */
/* The arguments that QEMU gets, and what is checked before it starts. */
#include <string.h>
#include "run/qemu.h"
#include "tree.h"

/* The argument behind option that has part in it; option NULL: any. */
static bool has(char **argv, const char *option, const char *part)
{
	for (size_t i = 1; argv[i]; i++)
		if ((!option || !strcmp(argv[i - 1], option)) && strstr(argv[i], part))
			return true;
	return false;
}

static void plain_machine(void **state)
{
	struct qemu_config config = {.kernel = "/k,1", .memory_bytes = 64 << 20, .cpus = 2};
	char **argv = qemu_arguments(&tree.pool, &config, false, 7, 9);

	(void)state;
	assert_string_equal(argv[0], "qemu-system-x86_64");
	assert_true(has(argv, "-machine", "q35"));
	assert_true(has(argv, "-accel", "tcg") && has(argv, "-cpu", "max"));
	assert_true(has(argv, "-m", "65536K") && has(argv, "-smp", "2,maxcpus=2"));
	assert_true(has(argv, "-chardev", "socket,id=log,fd=7"));
	assert_true(has(argv, "-chardev", "socket,id=frames,fd=9"));
	assert_true(has(argv, "-device", "isa-debug-exit,iobase=0xf4"));
	assert_true(has(argv, "-device", "virtio-rng-pci,disable-legacy=on"));
	assert_true(has(argv, "-kernel", "/k,1"));
	assert_true(has(argv, NULL, "-no-reboot"));
	assert_false(has(argv, NULL, "virtio-net") || has(argv, NULL, "virtio-blk"));
	config.cdrom = "/c.iso";
	argv = qemu_arguments(&tree.pool, &config, false, 7, 9);
	assert_true(has(argv, "-cdrom", "/c.iso"));
	assert_false(has(argv, NULL, "-kernel"));
	argv = qemu_arguments(&tree.pool, &config, true, 7, 9);
	assert_true(has(argv, "-accel", "kvm") && has(argv, "-cpu", "host"));
}

static void with_devices(void **state)
{
	struct qemu_disk disks[] = {{"/tmp/a,b", true}, {"/tmp/c", false}};
	const char *forwards[] = {"8080:80", "8443:443"}, *extra[] = {"-icount", "shift=0"};
	struct qemu_config config = {.kernel = "k",
				     .memory_bytes = 1 << 20,
				     .cpus = 1,
				     .disk = disks,
				     .ndisks = 2,
				     .forward = forwards,
				     .nforwards = 2,
				     .gdb = "1234",
				     .extra = extra,
				     .nextra = 2};
	char **argv = qemu_arguments(&tree.pool, &config, false, 3, 4);

	(void)state;
	assert_true(has(argv, "-smp", "1,maxcpus=2"));
	assert_true(has(argv, "-drive", "id=disk0,format=raw,cache=unsafe,file=/tmp/a,,b"));
	assert_true(has(argv, "-drive", "id=disk1,format=raw,cache=writeback,file=/tmp/c"));
	assert_true(has(argv, "-device", "virtio-blk-pci,drive=disk1,disable-legacy=on"));
	assert_true(has(argv, "-netdev",
			"hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=tcp:127.0.0.1:8443-:443"));
	assert_true(
		has(argv, "-device", "virtio-net-pci,netdev=net0,disable-legacy=on,mrg_rxbuf=on"));
	assert_true(has(argv, "-gdb", "tcp:127.0.0.1:1234") && has(argv, NULL, "-S"));
	assert_true(has(argv, "-icount", "shift=0"));
}

/* The IOMMU comes before the devices, and all of them are behind it. */
static void behind_an_iommu(void **state)
{
	struct qemu_disk disk = {"/tmp/a", true};
	struct qemu_config config = {.kernel = "k",
				     .memory_bytes = 1 << 20,
				     .cpus = 1,
				     .disk = &disk,
				     .ndisks = 1,
				     .net = true,
				     .iommu = true};
	char **argv = qemu_arguments(&tree.pool, &config, false, 3, 4);
	size_t nvirtio = 0;
	bool found = false;

	(void)state;
	for (size_t i = 1; argv[i]; i++) {
		found = found || !strcmp(argv[i], "intel-iommu");
		if (strcmp(argv[i - 1], "-device") || strncmp(argv[i], "virtio-", 7))
			continue;
		assert_true(found);
		assert_non_null(strstr(argv[i], ",disable-legacy=on,iommu_platform=on,ats=off"));
		nvirtio++;
	}
	assert_int_equal(nvirtio, 3);
	config.iommu = false;
	argv = qemu_arguments(&tree.pool, &config, false, 3, 4);
	assert_false(has(argv, NULL, "iommu"));
}

static void checks_disks(void **state)
{
	struct qemu_disk disk = {tree_file(&tree, "disk", "x"), false};
	struct qemu_config config = {.disk = &disk, .ndisks = 1};

	(void)state;
	assert_true(qemu_check(&config));
	disk.path = tree.top;
	assert_false(qemu_check(&config));
	assert_non_null(strstr(tree_reported(&tree), "Is a directory"));
	disk.path = "/nonexistent/disk";
	assert_false(qemu_check(&config));
	assert_non_null(strstr(tree_reported(&tree), "disk /nonexistent/disk: No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_machine),
		cmocka_unit_test(with_devices),
		cmocka_unit_test(behind_an_iommu),
		cmocka_unit_test(checks_disks),
	};

	return cmocka_run_group_tests_name("tools/r2c/qemu", tests, tree_setup, tree_teardown);
}
