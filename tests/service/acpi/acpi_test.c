/* SPDX-License-Identifier: BSD-2-Clause */
/* The MADT, found and read in a memory made of bytes, sound and corrupt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cos/abi.h>
#include "service/acpi/acpi.h"

#define MEMORY 8192
#define RSDP 64
#define RSDT 256
#define XSDT 512
#define OTHER 768
#define MADT 1024

static uint8_t memory[MEMORY];
static uint8_t *last_map; /* a copy of its own, freed at the next call: catches use after it */

static const uint8_t *fake_map(uint64_t paddr, size_t len)
{
	free(last_map);
	last_map = NULL;
	if (paddr > MEMORY || len > MEMORY - paddr)
		return NULL;
	last_map = malloc(len);
	memcpy(last_map, memory + paddr, len);
	return last_map;
}

static void sum_fix(unsigned at, unsigned len, unsigned sum_at)
{
	uint8_t sum = 0;

	memory[sum_at] = 0;
	for (unsigned i = 0; i < len; i++)
		sum += memory[at + i];
	memory[sum_at] = -sum;
}

static void put32(unsigned at, uint32_t value)
{
	memcpy(memory + at, &value, 4);
}

static void table_put(unsigned at, const char *name, unsigned len)
{
	memcpy(memory + at, name, 4);
	put32(at + 4, len);
	sum_fix(at, len, at + 9);
}

/* Entries: a local APIC, I/O APICs at 0 and 24, overrides 0 -> 2 and 3 -> 27 (level, active low).
 */
static const uint8_t entries[] = {
	0, 8, 0, 0,  1, 0, 0, 0,  1,	12,   1,  0, 0, 0, 0xc1, 0xfe, 24, 0,
	0, 0, 1, 12, 0, 0, 0, 0,  0xc0, 0xfe, 0,  0, 0, 0, 2,	 10,   0,  0,
	2, 0, 0, 0,  0, 0, 2, 10, 0,	3,    27, 0, 0, 0, 15,	 0,
};

static size_t madt_len(void)
{
	return 44 + sizeof(entries);
}

static int setup(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	memcpy(memory + RSDP, "RSD PTR ", 8);
	memory[RSDP + 15] = 2;
	put32(RSDP + 16, RSDT);
	put32(RSDP + 20, 36);
	put32(RSDP + 24, XSDT);
	sum_fix(RSDP, 20, RSDP + 8);
	sum_fix(RSDP, 36, RSDP + 32);
	table_put(OTHER, "FACP", 40);
	memcpy(memory + MADT + 44, entries, sizeof(entries));
	table_put(MADT, "APIC", madt_len());
	put32(RSDT + 36, OTHER);
	put32(RSDT + 40, MADT);
	table_put(RSDT, "RSDT", 44);
	put32(XSDT + 36, OTHER);
	put32(XSDT + 44, MADT);
	table_put(XSDT, "XSDT", 52);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(last_map);
	last_map = NULL;
	return 0;
}

static long find(void)
{
	uint64_t paddr = 0;
	size_t len = 0;
	long error =
		acpi_table_find(fake_map, memory + RSDP, ACPI_MADT, ACPI_MADT_MIN, &paddr, &len);

	if (error == 0) {
		assert_int_equal(paddr, MADT);
		assert_int_equal(len, madt_len());
	}
	return error;
}

static void finds_the_madt(void **state)
{
	(void)state;
	assert_int_equal(find(), 0);
	/* Revision 0: by the RSDT alone. */
	memory[RSDP + 15] = 0;
	sum_fix(RSDP, 20, RSDP + 8);
	put32(XSDT, 0);
	assert_int_equal(find(), 0);
}

static void refuses_what_is_corrupt(void **state)
{
	static const unsigned at[] = {RSDP + 16, RSDP + 33, XSDT + 50, MADT + 50};
	uint64_t paddr;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		memory[at[i]] ^= 0x10;
		assert_int_equal(find(), -COS_EINVAL);
		memory[at[i]] ^= 0x10;
	}
	assert_int_equal(find(), 0);
	assert_int_equal(
		acpi_table_find(fake_map, memory + OTHER, ACPI_MADT, ACPI_MADT_MIN, &paddr, &len),
		-COS_ENOENT);
	put32(RSDP + 24, MEMORY);
	sum_fix(RSDP, 36, RSDP + 32);
	assert_int_equal(find(), -COS_EFAULT);
}

static void refuses_impossible_lengths(void **state)
{
	static const uint32_t lengths[] = {0, 35, ACPI_TABLE_MAX + 1, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		setup(NULL);
		put32(MADT + 4, lengths[i]);
		assert_int_equal(find(), -COS_EINVAL);
		setup(NULL);
		put32(XSDT + 4, lengths[i]);
		assert_int_equal(find(), -COS_EINVAL);
	}
	setup(NULL);
	put32(MADT + 4, MEMORY);
	assert_int_equal(find(), -COS_EFAULT);
	setup(NULL);
	table_put(MADT, "APIC", 40);
	assert_int_equal(find(), -COS_EINVAL);
	setup(NULL);
	put32(MADT, 0);
	assert_int_equal(find(), -COS_ENOENT);
	setup(NULL);
	put32(XSDT + 36, 0x7fffffff);
	table_put(XSDT, "XSDT", 52);
	assert_int_equal(find(), -COS_EFAULT);
}

static void routes_isa_lines(void **state)
{
	struct acpi_route r;

	(void)state;
	assert_int_equal(acpi_isa_route(memory + MADT, madt_len(), 4, &r), 0);
	assert_int_equal(r.ioapic_paddr, 0xfec00000);
	assert_int_equal(r.pin, 4);
	assert_false(r.level);
	assert_false(r.active_low);
	assert_int_equal(acpi_isa_route(memory + MADT, madt_len(), 0, &r), 0);
	assert_int_equal(r.pin, 2);
	assert_int_equal(acpi_isa_route(memory + MADT, madt_len(), 3, &r), 0);
	assert_int_equal(r.ioapic_paddr, 0xfec10000);
	assert_int_equal(r.pin, 3);
	assert_true(r.level);
	assert_true(r.active_low);
	assert_int_equal(acpi_isa_route(memory + MADT, madt_len(), 16, &r), -COS_EINVAL);
	/* No I/O APIC at all. */
	assert_int_equal(acpi_isa_route(memory + MADT, 44, 3, &r), -COS_ENOENT);
	acpi_isa_route_default(3, &r);
	assert_int_equal(r.pin, 3);
	assert_int_equal(r.ioapic_paddr, 0xfec00000);
}

static void routes_pci_interrupts(void **state)
{
	struct acpi_route r;

	(void)state;
	assert_int_equal(acpi_pci_route(memory + MADT, madt_len(), 22, &r), 0);
	assert_true(r.ioapic_paddr == 0xfec00000 && r.pin == 22 && r.level && r.active_low);
	/* Overrides are of ISA lines. */
	assert_int_equal(acpi_pci_route(memory + MADT, madt_len(), 27, &r), 0);
	assert_true(r.ioapic_paddr == 0xfec10000 && r.pin == 3);
	assert_int_equal(acpi_pci_route(memory + MADT, 44, 22, &r), -COS_ENOENT);
}

/* A usable one, one that is not, one by an x2APIC's entry, one of that kind that is not. */
static void finds_cores(void **state)
{
	static const uint8_t cores[] = {
		0, 8, 0, 7, 1, 0, 0, 0, 0, 8, 1, 9, 2, 0, 0,  0, 9, 16, 0,
		0, 0, 2, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 9, 16, 0, 0, 1,	2,
		0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 8, 2, 3, 1,  0, 0, 0,
	};
	uint32_t id = 0;

	(void)state;
	assert_int_equal(acpi_core(memory + MADT, madt_len(), 0, &id), 0);
	assert_int_equal(acpi_core(memory + MADT, madt_len(), 1, &id), -COS_ENOENT);
	memcpy(memory + MADT + 44, cores, sizeof(cores));
	assert_int_equal(acpi_core(memory + MADT, 44 + sizeof(cores), 0, &id), 0);
	assert_int_equal(id, 7);
	assert_int_equal(acpi_core(memory + MADT, 44 + sizeof(cores), 1, &id), 0);
	assert_int_equal(id, 3);
	assert_int_equal(acpi_core(memory + MADT, 44 + sizeof(cores), 2, &id), 0);
	assert_int_equal(id, 0x200);
	assert_int_equal(acpi_core(memory + MADT, 44 + sizeof(cores), 3, &id), -COS_ENOENT);
	memory[MADT + 44 + 17] = 15;
	assert_int_equal(acpi_core(memory + MADT, 44 + sizeof(cores), 0, &id), -COS_EINVAL);
}

/* Cut anywhere, with every entry length tried: never a read outside (the sanitizer watches), never
 * a loop. */
static void survives_any_damage_to_entries(void **state)
{
	struct acpi_route r;
	uint32_t id;

	(void)state;
	for (size_t len = 0; len <= madt_len(); len++) {
		uint8_t *cut = malloc(len ? len : 1);

		memcpy(cut, memory + MADT, len);
		acpi_isa_route(cut, len, 3, &r);
		acpi_core(cut, len, 0, &id);
		free(cut);
	}
	for (unsigned at = 44; at < madt_len(); at++) {
		uint8_t *damaged = malloc(madt_len());

		for (unsigned value = 0; value < 256; value++) {
			memcpy(damaged, memory + MADT, madt_len());
			damaged[at] = value;
			acpi_isa_route(damaged, madt_len(), 3, &r);
			acpi_core(damaged, madt_len(), 0, &id);
		}
		free(damaged);
	}
	memory[MADT + 45] = 0;
	assert_int_equal(acpi_isa_route(memory + MADT, madt_len(), 3, &r), -COS_EINVAL);
	setup(NULL);
	memory[MADT + madt_len() - 9] = 11;
	assert_int_equal(acpi_isa_route(memory + MADT, madt_len(), 3, &r), -COS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_the_madt, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_is_corrupt, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_impossible_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(routes_isa_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(routes_pci_interrupts, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_cores, setup, teardown),
		cmocka_unit_test_setup_teardown(survives_any_damage_to_entries, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
