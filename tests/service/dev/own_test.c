/* SPDX-License-Identifier: BSD-2-Clause */
/* Which component has which device, and what MSI-X sends where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cos/abi.h>
#include "service/dev/map.h"
#include "service/dev/msix.h"
#include "service/dev/own.h"

static char log_text[1024];

void cos_log(const char *format, ...)
{
	va_list args;
	size_t len = strlen(log_text);

	va_start(args, format);
	vsnprintf(log_text + len, sizeof(log_text) - len, format, args);
	va_end(args);
}

/* An image with components disk (id 5), net (6) and console (7), and this device table. */
static struct {
	struct image_header header;
	struct image_component components[3];
	struct image_device devices[6];
	char strings[64];
} image;

static struct pci_device devices[5];
static struct pci_bus bus;

static void device_put(unsigned n, uint32_t component, uint16_t device, uint32_t nth)
{
	image.devices[n] = (struct image_device){
		.component = component, .vendor = 0x1af4, .device = device, .nth = nth};
	image.header.devices.count = n + 1;
}

static int setup(void **state)
{
	static const uint16_t kinds[] = {0x1042, 0x1041, 0x1042, 0x1042, 0x0001};

	(void)state;
	log_text[0] = '\0';
	memset(&image, 0, sizeof(image));
	memset(devices, 0, sizeof(devices));
	for (uint32_t i = 0; i < 3; i++) {
		static const char *const names[] = {"disk", "net", "console"};

		image.components[i].name =
			(uint32_t)(offsetof(__typeof__(image), strings) + i * 16);
		image.components[i].id = 5 + i;
		image.components[i].role = i == 2 ? COMPONENT_CONSOLE : COMPONENT_PLAIN;
		strcpy(image.strings + i * 16, names[i]);
	}
	image.header.components = (struct image_table){offsetof(__typeof__(image), components), 3};
	image.header.devices.offset = offsetof(__typeof__(image), devices);
	for (unsigned i = 0; i < 5; i++)
		devices[i] = (struct pci_device){.next = i < 4 ? &devices[i + 1] : NULL,
						 .bdf = (uint16_t)(i << 3),
						 .vendor = 0x1af4,
						 .device = kinds[i]};
	devices[4].is_bridge = true;
	bus.first = devices;
	return 0;
}

static void gives_the_nth_of_a_kind(void **state)
{
	(void)state;
	device_put(0, 0, 0x1042, 0);
	device_put(1, 0, 0x1042, 2);
	device_put(2, 1, 0x1041, 0);
	own_assign(&bus, &image.header);
	assert_string_equal(log_text, "");
	assert_int_equal(devices[0].owner, 5);
	assert_int_equal(devices[1].owner, 6);
	assert_int_equal(devices[2].owner, 0);
	assert_int_equal(devices[3].owner, 5);
	assert_ptr_equal(own_device(&bus, 5, 0), &devices[0]);
	assert_ptr_equal(own_device(&bus, 5, 1), &devices[3]);
	assert_null(own_device(&bus, 5, 2));
	assert_null(own_device(&bus, 5, -1));
	assert_ptr_equal(own_device(&bus, 6, 0), &devices[1]);
	assert_null(own_device(&bus, 7, 0));
	/* Devices without an owner do not belong to a "component 0". */
	assert_null(own_device(&bus, 0, 0));
}

static void says_what_is_not_there(void **state)
{
	(void)state;
	device_put(0, 1, 0x1042, 3);
	device_put(1, 0, 0x1042, 0);
	device_put(2, 1, 0x1042, 0); /* taken */
	device_put(3, 1, 0x0001, 0); /* a bridge */
	device_put(4, 9, 0x1042, 1); /* no such component */
	own_assign(&bus, &image.header);
	assert_string_equal(log_text, "dev: no device 1af4:1042#3 for net\n"
				      "dev: no device 1af4:1042#0 for net\n"
				      "dev: no device 1af4:0001#0 for net\n"
				      "dev: no device 1af4:1042#1 for ?\n");
	assert_int_equal(devices[0].owner, 5);
	assert_null(own_device(&bus, 6, 0));
}

static void gives_all_of_a_kind_that_are_left(void **state)
{
	(void)state;
	device_put(0, 1, 0x1042, 1);
	device_put(1, 0, 0x1042, IMAGE_DEVICE_ALL);
	device_put(2, 0, 0x0001, IMAGE_DEVICE_ALL);
	device_put(3, 0, 0x9999, IMAGE_DEVICE_ALL);
	own_assign(&bus, &image.header);
	assert_string_equal(log_text, "");
	assert_int_equal(devices[0].owner, 5);
	assert_int_equal(devices[2].owner, 6);
	assert_int_equal(devices[3].owner, 5);
	assert_int_equal(devices[4].owner, 0);
}

static void knows_components_by_role(void **state)
{
	(void)state;
	assert_true(own_has_role(&image.header, 7, COMPONENT_CONSOLE));
	assert_false(own_has_role(&image.header, 5, COMPONENT_CONSOLE));
	assert_false(own_has_role(&image.header, 8, COMPONENT_CONSOLE));
}

static uint32_t table[8192 / 4];
static uint8_t conf[PCI_CONF_SIZE];
static uint64_t mapped_at;
static size_t mapped_len;

void *map_physical(uint64_t paddr, size_t len)
{
	mapped_at = paddr;
	mapped_len = len;
	return table;
}

static uint32_t conf_read(void *arg, uint16_t bdf, unsigned reg, unsigned width)
{
	uint32_t value = 0;

	(void)arg, (void)bdf;
	memcpy(&value, conf + reg, width);
	return value;
}

static void conf_write(void *arg, uint16_t bdf, unsigned reg, unsigned width, uint32_t value)
{
	(void)arg, (void)bdf;
	memcpy(conf + reg, &value, width);
}

void pci_command_set(const struct pci_bus *b, const struct pci_device *d, uint16_t bits)
{
	(void)b, (void)d;
	conf[PCI_REG_COMMAND] |= (uint8_t)bits;
	conf[PCI_REG_COMMAND + 1] |= (uint8_t)(bits >> 8);
}

static void msix_sends_the_vector(void **state)
{
	struct pci_device *d = &devices[0];
	uint64_t start, end;

	(void)state;
	bus.conf = (struct pci_conf){.read = conf_read, .write = conf_write};
	d->msix = 0x98;
	d->msix_count = 3;
	d->msix_bar = 1;
	d->msix_offset = 0x800;
	d->bar[1] =
		(struct pci_bar){.kind = PCI_BAR_MEM32, .base = 0xfebd1000, .len_bytes = 0x1000};
	conf[0x9b] = 0x40; /* the function's mask */
	assert_true(msix_table_pages(d, 1, &start, &end));
	assert_int_equal(start, 0);
	assert_int_equal(end, 0x1000);
	assert_false(msix_table_pages(d, 0, &start, &end));

	assert_int_equal(msix_enable(&bus, d, 3, 0x41, 0), -COS_EINVAL);
	assert_int_equal(msix_enable(&bus, d, 1, 0x41, 2), 0);
	assert_int_equal(mapped_at, 0xfebd1800);
	assert_int_equal(mapped_len, 48);
	/* Entry 1: address, upper, data, control; its neighbours are masked. */
	assert_int_equal(table[4], 0xfee02000);
	assert_int_equal(table[5], 0);
	assert_int_equal(table[6], 0x41);
	assert_int_equal(table[7] & 1, 0);
	assert_int_equal(table[3] & 1, 1);
	assert_int_equal(table[11] & 1, 1);
	assert_int_equal(conf[0x9b], 0x80);
	assert_int_equal(conf[PCI_REG_COMMAND] & (PCI_COMMAND_MEM | PCI_COMMAND_MASTER),
			 PCI_COMMAND_MEM | PCI_COMMAND_MASTER);
	assert_int_equal(msix_enable(&bus, d, 1, 0x42, 0), -COS_EEXIST);
	assert_int_equal(table[6], 0x41);
	assert_int_equal(msix_enable(&bus, d, 0, 0x42, 0), 0);
}

static void msix_needs_its_table_in_the_bar(void **state)
{
	struct pci_device *d = &devices[0];

	(void)state;
	d->msix = 0x98;
	d->msix_count = 3;
	d->msix_offset = 0xff0;
	d->bar[0] = (struct pci_bar){.kind = PCI_BAR_MEM32, .base = 0x1000, .len_bytes = 0x1000};
	assert_int_equal(msix_enable(&bus, d, 0, 0x41, 0), -COS_EINVAL);
	d->msix_offset = 0x2000;
	assert_int_equal(msix_enable(&bus, d, 0, 0x41, 0), -COS_EINVAL);
	d->msix_bar = 7;
	assert_int_equal(msix_enable(&bus, d, 0, 0x41, 0), -COS_EINVAL);
	d->msix_bar = 0;
	d->msix_offset = 0;
	d->bar[0].kind = PCI_BAR_IO;
	assert_int_equal(msix_enable(&bus, d, 0, 0x41, 0), -COS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(gives_the_nth_of_a_kind, setup),
		cmocka_unit_test_setup(says_what_is_not_there, setup),
		cmocka_unit_test_setup(gives_all_of_a_kind_that_are_left, setup),
		cmocka_unit_test_setup(knows_components_by_role, setup),
		cmocka_unit_test_setup(msix_sends_the_vector, setup),
		cmocka_unit_test_setup(msix_needs_its_table_in_the_bar, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
