/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices of components, as a composition names them: KIND, KIND#N, KIND#* or VENDOR:DEVICE...
 */
#include <stdlib.h>
#include <string.h>
#include "device_kinds.h"
#include "report.h"
#include "system_parts.h"

#define KIND_ENTRY(name, vendor, device, transitional, model, arguments) \
	{name, vendor, device, transitional},
static const struct kind {
	const char *name;
	uint16_t vendor;
	uint16_t device;
	uint16_t transitional;
} kinds[] = {DEVICE_KINDS(KIND_ENTRY)};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))
/* The same limit as PCI's: 256 functions on a bus of a machine that has one bus. */
#define NTH_MAX 256

static bool hex16_parse(const char *text, size_t len, uint16_t *value)
{
	char *end, word[5] = {0};

	if (len < 1 || len > 4 || strspn(text, "0123456789abcdefABCDEF") < len)
		return false;
	memcpy(word, text, len);
	*value = (uint16_t)strtoul(word, &end, 16);
	return true;
}

bool device_parse(const char *text, bool transitional, struct sys_device *device)
{
	size_t len = strcspn(text, "#");
	const char *colon = memchr(text, ':', len), *nth = text + len;
	bool known = false;

	*device = (struct sys_device){0};
	for (size_t i = 0; i < NKINDS; i++)
		if (strlen(kinds[i].name) == len && !strncmp(text, kinds[i].name, len)) {
			device->vendor = kinds[i].vendor;
			device->device = transitional ? kinds[i].transitional : kinds[i].device;
			known = true;
		}
	if (colon)
		known = hex16_parse(text, (size_t)(colon - text), &device->vendor) &&
			hex16_parse(colon + 1, (size_t)(nth - colon - 1), &device->device);
	if (!known || !*nth)
		return known;
	if (!strcmp(nth, "#*")) {
		device->nth = SYS_DEVICE_ALL;
		return true;
	}
	char *end;
	unsigned long n = strtoul(nth + 1, &end, 10);
	device->nth = (uint32_t)n;
	return nth[1] >= '0' && nth[1] <= '9' && !*end && n < NTH_MAX;
}

bool device_expected(struct sys *sys, int line, const char *text)
{
	struct buffer names = {0};

	for (size_t i = 0; i < NKINDS; i++)
		buffer_printf(&names, "%s, ", kinds[i].name);
	report_at(sys->conf->file, line,
		  "device \"%s\": expected %sor VENDOR:DEVICE in hex, and #N for the N-th of them",
		  text, names.data);
	buffer_free(&names);
	return false;
}

static bool device_same(const struct sys_device *a, const struct sys_device *b)
{
	return a->vendor == b->vendor && a->device == b->device &&
	       (a->nth == b->nth || a->nth == SYS_DEVICE_ALL || b->nth == SYS_DEVICE_ALL);
}

const struct sys_component *device_owner(const struct sys *sys, const struct sys_device *device)
{
	for (size_t c = 0; c < sys->ncomponents; c++)
		for (size_t i = 0; i < sys->component[c].ndevices; i++)
			if (device_same(&sys->component[c].device[i], device))
				return &sys->component[c];
	return NULL;
}

bool devices_give(struct sys *sys, struct sys_component *c)
{
	bool ok = true;

	for (size_t i = 0; i < c->conf->devices.n; i++) {
		const struct conf_word *word = &c->conf->devices.word[i];
		struct sys_device device;

		if (!device_parse(word->text, sys->conf->machine.transitional, &device)) {
			ok = device_expected(sys, word->line, word->text);
			continue;
		}
		const struct sys_component *owner = device_owner(sys, &device);
		if (owner) {
			report_at(sys->conf->file, word->line,
				  "device \"%s\" belongs to component \"%s\" already: expected "
				  "one owner",
				  word->text, owner->name);
			ok = false;
		}
		pool_push(&sys->pool, c->device, c->ndevices) = device;
	}
	return ok;
}
