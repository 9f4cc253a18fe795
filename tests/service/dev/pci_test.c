/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI enumeration over a configuration space made of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "service/dev/pci.h"

#define FUNCTIONS_MAX 300

struct function {
	uint16_t bdf;
	uint8_t conf[PCI_CONF_SIZE];
	uint32_t bar_mask[PCI_NBARS]; /* writable bits */
	uint32_t decoding_writes;     /* writes to BARs while memory decoding was on */
};

static struct function functions[FUNCTIONS_MAX];
static unsigned nfunctions;
static struct pci_bus bus;
static void *allocated[FUNCTIONS_MAX];
static unsigned nallocated, alloc_limit;

static struct function *function_find(uint16_t bdf)
{
	for (unsigned i = 0; i < nfunctions; i++)
		if (functions[i].bdf == bdf)
			return &functions[i];
	return NULL;
}

static uint32_t fake_read(void *arg, uint16_t bdf, unsigned reg, unsigned width)
{
	struct function *f = function_find(bdf);
	uint32_t value = 0;

	(void)arg;
	assert_true(reg % width == 0 && reg + width <= PCI_CONF_SIZE);
	if (!f)
		return width == 4 ? ~0u : (1u << 8 * width) - 1;
	memcpy(&value, f->conf + reg, width);
	return value;
}

static void fake_write(void *arg, uint16_t bdf, unsigned reg, unsigned width, uint32_t value)
{
	struct function *f = function_find(bdf);

	(void)arg;
	assert_non_null(f);
	if (reg >= PCI_REG_BAR(0) && reg < PCI_REG_BAR(PCI_NBARS)) {
		unsigned n = (reg - PCI_REG_BAR(0)) / 4;
		uint32_t old, mask = f->bar_mask[n];

		assert_int_equal(width, 4);
		if (f->conf[PCI_REG_COMMAND] & (PCI_COMMAND_MEM | PCI_COMMAND_IO))
			f->decoding_writes++;
		memcpy(&old, f->conf + reg, 4);
		value = (value & mask) | (old & ~mask);
	}
	memcpy(f->conf + reg, &value, width);
}

static void *fake_alloc(size_t len)
{
	if (nallocated >= alloc_limit)
		return NULL;
	return allocated[nallocated++] = calloc(1, len);
}

static int setup(void **state)
{
	(void)state;
	memset(functions, 0, sizeof(functions));
	nfunctions = 0;
	nallocated = 0;
	alloc_limit = FUNCTIONS_MAX;
	bus = (struct pci_bus){.conf = {fake_read, fake_write, NULL},
			       .alloc = fake_alloc,
			       .window_start = 0xe0000000,
			       .window_end = 0xe0100000};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	while (nallocated > 0)
		free(allocated[--nallocated]);
	return 0;
}

static void put(struct function *f, unsigned reg, unsigned width, uint32_t value)
{
	memcpy(f->conf + reg, &value, width);
}

static struct function *function_add(unsigned b, unsigned d, unsigned fn, uint32_t id)
{
	struct function *f = &functions[nfunctions++];

	f->bdf = PCI_BDF(b, d, fn);
	put(f, PCI_REG_ID, 4, id);
	put(f, PCI_REG_COMMAND, 2, PCI_COMMAND_MEM);
	return f;
}

static void bar_put(struct function *f, unsigned n, uint32_t flags, uint32_t base, uint32_t len)
{
	f->bar_mask[n] = ~(len - 1);
	put(f, PCI_REG_BAR(n), 4, base | flags);
}

static struct function *bridge_add(unsigned b, unsigned d, unsigned secondary, uint32_t start,
				   uint32_t end)
{
	struct function *f = function_add(b, d, 0, 0x00011b36);

	f->conf[PCI_REG_HEADER] = 1;
	f->conf[PCI_REG_BRIDGE_SECONDARY] = secondary;
	put(f, PCI_REG_BRIDGE_MEM_BASE, 2, start >> 16);
	put(f, PCI_REG_BRIDGE_MEM_LIMIT, 2, (end - 1) >> 16 & 0xfff0);
	return f;
}

static void lists_functions_in_order(void **state)
{
	struct function *f = function_add(0, 5, 0, 0x10421af4);

	(void)state;
	f->conf[PCI_REG_HEADER] = 0x80;
	function_add(0, 5, 3, 0x10411af4);
	bridge_add(0, 2, 7, 0, 0);
	function_add(7, 0, 0, 0x10441af4);
	function_add(0, 9, 0, 0x100e8086);
	/* Not multifunction: its function 1 must not be seen. */
	function_add(0, 9, 1, 0xdead8086);
	assert_int_equal(pci_scan(&bus), 0);

	const uint16_t want[] = {PCI_BDF(0, 2, 0), PCI_BDF(0, 5, 0), PCI_BDF(0, 5, 3),
				 PCI_BDF(0, 9, 0), PCI_BDF(7, 0, 0)};
	struct pci_device *d = bus.first;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++, d = d->next) {
		assert_non_null(d);
		assert_int_equal(d->bdf, want[i]);
	}
	assert_null(d);
	assert_int_equal(pci_find(&bus, PCI_BDF(7, 0, 0))->device, 0x1044);
	assert_ptr_equal(pci_find(&bus, PCI_BDF(7, 0, 0))->bridge,
			 pci_find(&bus, PCI_BDF(0, 2, 0)));
	assert_null(pci_find(&bus, PCI_BDF(7, 1, 0)));
}

static void ends_when_bridges_form_a_circle(void **state)
{
	(void)state;
	bridge_add(0, 1, 1, 0, 0);
	bridge_add(1, 0, 2, 0, 0);
	bridge_add(2, 0, 1, 0, 0);
	bridge_add(2, 1, 2, 0, 0);
	bridge_add(2, 2, 0, 0, 0);
	assert_int_equal(pci_scan(&bus), 0);
	assert_int_equal(nallocated, 5);
}

static void ends_when_capabilities_loop(void **state)
{
	struct function *f = function_add(0, 1, 0, 0x10421af4);

	(void)state;
	put(f, PCI_REG_STATUS, 2, PCI_STATUS_CAPABILITIES);
	f->conf[PCI_REG_CAPABILITIES] = 0x40;
	f->conf[0x40] = 9;
	f->conf[0x41] = 0x50;
	f->conf[0x50] = 9;
	f->conf[0x51] = 0x40;
	assert_int_equal(pci_scan(&bus), 0);
	assert_int_equal(bus.first->msix, 0);
}

static void sizes_bars_and_keeps_their_values(void **state)
{
	struct function *f = function_add(0, 1, 0, 0x10421af4);

	(void)state;
	bar_put(f, 0, 1, 0xc000, 0x80);
	bar_put(f, 1, 0, 0xfebd1000, 0x1000);
	bar_put(f, 4, 0xc, 0x00004000, 0x4000);
	f->bar_mask[5] = ~0u;
	put(f, PCI_REG_BAR(5), 4, 8);
	assert_int_equal(pci_scan(&bus), 0);

	const struct pci_bar *bar = bus.first->bar;
	assert_int_equal(bar[0].kind, PCI_BAR_IO);
	assert_int_equal(bar[0].base, 0xc000);
	assert_int_equal(bar[0].len_bytes, 0x80);
	assert_int_equal(bar[1].kind, PCI_BAR_MEM32);
	assert_int_equal(bar[1].base, 0xfebd1000);
	assert_int_equal(bar[1].len_bytes, 0x1000);
	assert_int_equal(bar[2].kind, PCI_BAR_NONE);
	assert_int_equal(bar[4].kind, PCI_BAR_MEM64);
	assert_int_equal(bar[4].base, 0x800004000);
	assert_int_equal(bar[4].len_bytes, 0x4000);
	assert_int_equal(bar[5].kind, PCI_BAR_UPPER);
	assert_int_equal(fake_read(NULL, f->bdf, PCI_REG_BAR(1), 4), 0xfebd1000);
	assert_int_equal(fake_read(NULL, f->bdf, PCI_REG_BAR(4), 4), 0x400c);
	assert_int_equal(fake_read(NULL, f->bdf, PCI_REG_BAR(5), 4), 8);
	assert_int_equal(f->decoding_writes, 0);
	assert_int_equal(f->conf[PCI_REG_COMMAND], PCI_COMMAND_MEM);
}

static void sizes_a_bar_of_4_gib_and_more(void **state)
{
	struct function *f = function_add(0, 1, 0, 0x10421af4);

	(void)state;
	f->bar_mask[0] = 0;
	put(f, PCI_REG_BAR(0), 4, 4);
	/* All of the lower half is hardwired to 0 but the type bits: they are what answers. */
	f->bar_mask[1] = 0xfffffffc;
	put(f, PCI_REG_BAR(1), 4, 0x10);
	assert_int_equal(pci_scan(&bus), 0);
	assert_int_equal(bus.first->bar[0].kind, PCI_BAR_MEM64);
	assert_int_equal(bus.first->bar[0].base, 0x1000000000);
	assert_int_equal(bus.first->bar[0].len_bytes, 0x400000000);
}

static void assigns_addresses_that_are_free(void **state)
{
	struct function *taken = function_add(0, 1, 0, 1), *a = function_add(0, 2, 0, 2),
			*b = function_add(0, 3, 0, 3), *huge = function_add(0, 4, 0, 4);
	struct function *behind;

	(void)state;
	bar_put(taken, 0, 0, 0xe0000000, 0x10000);
	bridge_add(0, 5, 1, 0xe0080000 & 0xfff00000, 0xe0100000);
	functions[nfunctions - 1].conf[PCI_REG_BRIDGE_MEM_BASE] = 0;
	bar_put(a, 0, 4, 0, 0x20000);
	a->bar_mask[1] = ~0u;
	bar_put(b, 2, 0, 0, 0x100);
	bar_put(huge, 0, 0, 0, 0x10000000);
	/* The bridge forwards nothing: what is behind it stays without an address. */
	put(&functions[nfunctions - 1], PCI_REG_BRIDGE_MEM_BASE, 2, 0xfff0);
	put(&functions[nfunctions - 1], PCI_REG_BRIDGE_MEM_LIMIT, 2, 0);
	behind = function_add(1, 0, 0, 5);
	bar_put(behind, 0, 0, 0, 0x1000);
	assert_int_equal(pci_scan(&bus), 0);
	assert_int_equal(pci_find(&bus, a->bdf)->bar[0].base, 0xe0020000);
	assert_int_equal(fake_read(NULL, a->bdf, PCI_REG_BAR(0), 4), 0xe0020004);
	assert_int_equal(fake_read(NULL, a->bdf, PCI_REG_BAR(1), 4), 0);
	assert_int_equal(pci_find(&bus, b->bdf)->bar[2].base, 0xe0010000);
	assert_int_equal(pci_find(&bus, huge->bdf)->bar[0].base, 0);
	assert_int_equal(pci_find(&bus, behind->bdf)->bar[0].base, 0);
	assert_int_equal(pci_bars_assign(&bus), 2);
}

static void assigns_behind_a_bridge_within_its_window(void **state)
{
	struct function *a, *b;

	(void)state;
	bridge_add(0, 5, 1, 0xe0000000, 0xe0100000);
	a = function_add(1, 0, 0, 5);
	bar_put(a, 0, 0, 0, 0x1000);
	b = function_add(0, 6, 0, 6);
	bar_put(b, 0, 0, 0, 0x1000);
	bus.window_end = 0xe0200000;
	assert_int_equal(pci_scan(&bus), 0);
	assert_int_equal(pci_find(&bus, a->bdf)->bar[0].base, 0xe0000000);
	assert_int_equal(pci_find(&bus, b->bdf)->bar[0].base, 0xe0100000);
}

static void keeps_what_is_devs_from_drivers(void **state)
{
	struct function *f = function_add(0, 1, 0, 0x10421af4);
	struct pci_device *d;

	(void)state;
	put(f, PCI_REG_STATUS, 2, PCI_STATUS_CAPABILITIES);
	f->conf[PCI_REG_CAPABILITIES] = 0x98;
	f->conf[0x98] = PCI_CAP_MSIX;
	put(f, 0x98 + PCI_MSIX_CONTROL, 2, 4);
	put(f, 0x98 + PCI_MSIX_TABLE, 4, 0x2001);
	assert_int_equal(pci_scan(&bus), 0);
	d = bus.first;
	assert_int_equal(d->msix, 0x98);
	assert_int_equal(d->msix_count, 5);
	assert_int_equal(d->msix_bar, 1);
	assert_int_equal(d->msix_offset, 0x2000);
	assert_true(pci_conf_may_write(d, PCI_REG_COMMAND, 2));
	assert_false(pci_conf_may_write(d, PCI_REG_LINE, 4));
	assert_true(pci_conf_may_write(d, PCI_REG_PIN, 1));
	assert_true(pci_conf_may_write(d, 0xa4, 4));
	assert_false(pci_conf_may_write(d, 0x9a, 2));
	assert_false(pci_conf_may_write(d, 0x98, 4));
	assert_false(pci_conf_may_write(d, 0x10, 1));
	assert_false(pci_conf_may_write(d, 0x27, 1));
	assert_true(pci_conf_may_write(d, 0x28, 4));
	assert_false(pci_conf_may_write(d, PCI_REG_ROM, 4));
	pci_command_set(&bus, d, PCI_COMMAND_MASTER);
	assert_int_equal(f->conf[PCI_REG_COMMAND], PCI_COMMAND_MEM | PCI_COMMAND_MASTER);
}

/* A driver's own sizing: nothing of it reaches the device. */
static void tells_drivers_the_length(void **state)
{
	struct function *f = function_add(0, 1, 0, 0x10001af4);
	struct pci_device *d;

	(void)state;
	bar_put(f, 0, 1, 0xc040, 0x40);
	bar_put(f, 2, 4, 0xe0004000, 0x4000);
	bar_put(f, 3, 0, 0, 1);
	assert_int_equal(pci_scan(&bus), 0);
	d = bus.first;
	f->conf[PCI_REG_COMMAND] = PCI_COMMAND_MEM | PCI_COMMAND_IO;
	f->decoding_writes = 0;
	assert_int_equal(pci_bar_driver_read(&bus, d, 0), 0xc041);
	assert_true(pci_bar_driver_write(&bus, d, 0, ~0u));
	assert_int_equal(pci_bar_driver_read(&bus, d, 0), 0xffffffc1);
	assert_false(pci_bar_driver_write(&bus, d, 0, 0xd001)); /* it stays where it is */
	assert_true(pci_bar_driver_write(&bus, d, 0, 0xc041));
	assert_int_equal(pci_bar_driver_read(&bus, d, 0), 0xc041);
	assert_true(pci_bar_driver_write(&bus, d, 2, ~0u));
	assert_true(pci_bar_driver_write(&bus, d, 3, ~0u));
	assert_int_equal(pci_bar_driver_read(&bus, d, 2), 0xffffc004);
	assert_int_equal(pci_bar_driver_read(&bus, d, 3), 0xffffffff);
	assert_true(pci_bar_driver_write(&bus, d, 1, ~0u));
	assert_int_equal(pci_bar_driver_read(&bus, d, 1), 0); /* there is none */
	assert_int_equal(f->decoding_writes, 0);
}

static void says_when_memory_runs_out(void **state)
{
	(void)state;
	function_add(0, 1, 0, 1);
	function_add(0, 2, 0, 2);
	alloc_limit = 1;
	assert_int_not_equal(pci_scan(&bus), 0);
	assert_non_null(bus.first);
	assert_null(bus.first->next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists_functions_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(ends_when_bridges_form_a_circle, setup, teardown),
		cmocka_unit_test_setup_teardown(ends_when_capabilities_loop, setup, teardown),
		cmocka_unit_test_setup_teardown(sizes_bars_and_keeps_their_values, setup, teardown),
		cmocka_unit_test_setup_teardown(sizes_a_bar_of_4_gib_and_more, setup, teardown),
		cmocka_unit_test_setup_teardown(assigns_addresses_that_are_free, setup, teardown),
		cmocka_unit_test_setup_teardown(assigns_behind_a_bridge_within_its_window, setup,
						teardown),
		cmocka_unit_test_setup_teardown(keeps_what_is_devs_from_drivers, setup, teardown),
		cmocka_unit_test_setup_teardown(tells_drivers_the_length, setup, teardown),
		cmocka_unit_test_setup_teardown(says_when_memory_runs_out, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
