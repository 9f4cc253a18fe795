/* SPDX-License-Identifier: BSD-2-Clause */
/* Which component each device was given to (own.h). */
#include <cos/log.h>
#include <cos/string.h>

#include "own.h"

static const void *at(const struct image_header *image, uint32_t offset)
{
	return (const uint8_t *)image + offset;
}

static const struct image_component *component_at(const struct image_header *image, uint32_t index)
{
	const struct image_component *table = at(image, image->components.offset);

	return index < image->components.count ? table + index : NULL;
}

static bool is_of_kind(const struct pci_device *d, const struct image_device *want)
{
	return d->vendor == want->vendor && d->device == want->device && !d->is_bridge;
}

static struct pci_device *nth_of_kind(const struct pci_bus *bus, const struct image_device *want)
{
	uint32_t left = want->nth;

	for (struct pci_device *d = bus->first; d; d = d->next)
		if (is_of_kind(d, want) && left-- == 0)
			return d;
	return NULL;
}

/* Each device of that kind without an owner; there may be none. */
static void assign_all(struct pci_bus *bus, const struct image_device *want, long owner)
{
	for (struct pci_device *d = bus->first; d; d = d->next)
		if (is_of_kind(d, want) && d->owner == 0)
			d->owner = owner;
}

void own_assign(struct pci_bus *bus, const struct image_header *image)
{
	const struct image_device *want = at(image, image->devices.offset);

	for (uint32_t i = 0; i < image->devices.count; i++, want++) {
		const struct image_component *c = component_at(image, want->component);
		struct pci_device *d = nth_of_kind(bus, want);

		if (c && want->nth == IMAGE_DEVICE_ALL)
			assign_all(bus, want, c->id);
		else if (c && d && d->owner == 0)
			d->owner = c->id;
		else
			cos_log("dev: no device %04x:%04x#%u for %s\n", want->vendor, want->device,
				want->nth, c ? (const char *)at(image, c->name) : "?");
	}
}

struct pci_device *own_device(const struct pci_bus *bus, long owner, long n)
{
	if (n < 0 || owner == 0)
		return NULL;
	for (struct pci_device *d = bus->first; d; d = d->next)
		if (d->owner == owner && n-- == 0)
			return d;
	return NULL;
}

bool own_has_role(const struct image_header *image, long id, enum component_role role)
{
	for (uint32_t i = 0; i < image->components.count; i++) {
		const struct image_component *c = component_at(image, i);

		if (c->id == (uint32_t)id)
			return c->role == role;
	}
	return false;
}
