/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices of the rump kernel: RUMP_PCI lists them by address, [DDDD:]BB:DD.F as lspci prints
 * it, separated by commas or blanks; "all" means those that are bound to vfio-pci. Without RUMP_PCI
 * there are none. A device that is named and cannot be claimed is an error.
 */
#include "hyp.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "vfio.h"

#define DRIVER "vfio-pci"
#define DEVICES "/sys/bus/pci/devices"
#define BOUND "/sys/bus/pci/drivers/" DRIVER
#define NOIOMMU "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
/* As many devices as vfio.c keeps. */
#define CLAIMS_MAX 64
#define SEPARATORS ", \t\n"

struct address {
	unsigned bus, dev, fun;
};

struct claims {
	struct address address[CLAIMS_MAX];
	size_t count;
};

static int address_compare(const void *left, const void *right)
{
	const struct address *a = left, *b = right;
	unsigned l = a->bus << 8 | a->dev << 3 | a->fun, r = b->bus << 8 | b->dev << 3 | b->fun;

	return (l > r) - (l < r);
}

/* The hypercalls have no number for a PCI domain: only devices of domain 0 can be named. */
static bool address_parse(const char *text, struct address *a)
{
	unsigned domain = 0;
	int end = 0;

	if (sscanf(text, "%4x:%2x:%2x.%1x%n", &domain, &a->bus, &a->dev, &a->fun, &end) != 4 ||
	    text[end] != '\0') {
		domain = 0;
		end = 0;
		if (sscanf(text, "%2x:%2x.%1x%n", &a->bus, &a->dev, &a->fun, &end) != 3)
			return false;
	}
	return text[end] == '\0' && domain == 0 && a->dev < 32 && a->fun < 8;
}

static int claims_add(struct claims *c, const char *text)
{
	struct address a;

	if (!address_parse(text, &a)) {
		vfio_say(text, "is not the address of a PCI device ([0000:]BB:DD.F) nor \"all\"");
		return EINVAL;
	}
	for (size_t i = 0; i < c->count; i++)
		if (address_compare(&c->address[i], &a) == 0)
			return 0;
	if (c->count == CLAIMS_MAX) {
		vfio_say(text, "more than %d devices", CLAIMS_MAX);
		return E2BIG;
	}
	c->address[c->count++] = a;
	return 0;
}

static int claims_add_bound(struct claims *c)
{
	struct dirent *entry;
	struct address a;
	DIR *dir = opendir(BOUND);
	int error = 0;

	if (dir == NULL) {
		error = errno;
		vfio_say("all", "%s: %s; modprobe vfio-pci", BOUND, strerror(error));
		return error;
	}
	while (error == 0 && (entry = readdir(dir)) != NULL)
		if (address_parse(entry->d_name, &a))
			error = claims_add(c, entry->d_name);
	closedir(dir);
	if (error == 0 && c->count == 0) {
		vfio_say("all", "no device is bound to " DRIVER);
		error = ENODEV;
	}
	return error;
}

/* The last part of the target of a link in the device's directory; "": no such link. */
static void link_target(const char *name, const char *link, char target[PATH_MAX])
{
	char path[PATH_MAX], *slash;
	ssize_t n;

	snprintf(path, sizeof(path), DEVICES "/%s/%s", name, link);
	n = readlink(path, target, PATH_MAX - 1);
	target[n > 0 ? n : 0] = '\0';
	slash = strrchr(target, '/');
	if (slash != NULL)
		memmove(target, slash + 1, strlen(slash + 1) + 1);
}

static void say_unbound(const char *name, const char *path, const char *driver)
{
	vfio_say(name, "is bound to %s, not to " DRIVER "; as root:",
		 driver[0] != '\0' ? driver : "no driver");
	fprintf(stderr, "\tmodprobe " DRIVER "\n\techo " DRIVER " > %s/driver_override\n", path);
	if (driver[0] != '\0')
		fprintf(stderr, "\techo %s > %s/driver/unbind\n", name, path);
	fprintf(stderr, "\techo %s > /sys/bus/pci/drivers_probe\n", name);
}

static int claim(const struct address *a)
{
	char name[32], path[PATH_MAX], group[PATH_MAX], driver[PATH_MAX];

	snprintf(name, sizeof(name), "0000:%02x:%02x.%x", a->bus, a->dev, a->fun);
	snprintf(path, sizeof(path), DEVICES "/%s", name);
	if (access(path, F_OK) != 0) {
		vfio_say(name, "no such device; lspci -D lists them");
		return ENODEV;
	}
	link_target(name, "iommu_group", group);
	if (group[0] == '\0') {
		vfio_say(name, "has no IOMMU group; boot with the IOMMU on (intel_iommu=on), or "
			       "trust the device, "
			       "as root: echo 1 > " NOIOMMU ", and bind it again");
		return ENODEV;
	}
	link_target(name, "driver", driver);
	if (strcmp(driver, DRIVER) != 0) {
		say_unbound(name, path, driver);
		return EBUSY;
	}
	return vfio_device_open(name, (unsigned)strtoul(group, NULL, 10));
}

int pci_claim(void)
{
	const char *what = getenv("RUMP_PCI");
	struct claims claims = {0};
	char *copy, *word, *rest = NULL;
	int error = 0;

	if (what == NULL || what[strspn(what, SEPARATORS)] == '\0' || vfio_device_get(0) != NULL)
		return 0;
	copy = strdup(what);
	if (copy == NULL)
		return ENOMEM;
	for (word = strtok_r(copy, SEPARATORS, &rest); error == 0 && word != NULL;
	     word = strtok_r(NULL, SEPARATORS, &rest))
		error = strcmp(word, "all") == 0 ? claims_add_bound(&claims)
						 : claims_add(&claims, word);
	free(copy);
	qsort(claims.address, claims.count, sizeof(claims.address[0]), address_compare);
	for (size_t i = 0; error == 0 && i < claims.count; i++)
		error = claim(&claims.address[i]);
	return error;
}
