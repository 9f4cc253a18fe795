/* SPDX-License-Identifier: BSD-2-Clause */
/* What QEMU is to emulate of each kind of device (device_kinds.h). */
#include "compose/composition.h"
#include "device_kinds.h"
#include "qemu_devices.h"

/* What all virtio devices have in common. On a root bus they may be transitional or not. */
static const char *virtio_options(const struct qemu_config *config)
{
	if (config->transitional)
		return "disable-legacy=off";
	/* QEMU's virtio devices go past the IOMMU unless they are told not to. */
	return config->iommu ? "disable-legacy=on,iommu_platform=on,ats=off" : "disable-legacy=on";
}

static void disk_arguments(struct arguments *a, const struct qemu_config *config, const char *model)
{
	for (size_t i = 0; i < config->ndisks; i++) {
		qemu_argument(a, "-drive");
		qemu_argument(a, "if=none,id=disk%zu,format=raw,cache=%s,file=%s", i,
			      config->disk[i].temporary ? "unsafe" : "writeback",
			      qemu_escaped(a->pool, config->disk[i].path));
		qemu_argument(a, "-device");
		qemu_argument(a, "%s,drive=disk%zu,%s", model, i, virtio_options(config));
	}
}

static void net_arguments(struct arguments *a, const struct qemu_config *config, const char *model)
{
	struct buffer forwards = {0};

	if (!config->net && !config->nforwards)
		return;
	buffer_add(&forwards, "", 0);
	for (size_t i = 0; i < config->nforwards; i++) {
		unsigned host = 0, guest = 0;
		forward_parse(config->forward[i], &host, &guest);
		buffer_printf(&forwards, ",hostfwd=tcp:127.0.0.1:%u-:%u", host, guest);
	}
	qemu_argument(a, "-netdev");
	qemu_argument(a, "user,id=net0%s", forwards.data);
	qemu_argument(a, "-device");
	qemu_argument(a, "%s,netdev=net0,%s,mrg_rxbuf=on", model, virtio_options(config));
	buffer_free(&forwards);
}

/* One of its kind, which needs nothing of the host. */
static void one_argument(struct arguments *a, const struct qemu_config *config, const char *model)
{
	qemu_argument(a, "-device");
	qemu_argument(a, "%s,%s", model, virtio_options(config));
}

/* None: a system that has one brings it by --qemu-option. */
static void no_arguments(struct arguments *a, const struct qemu_config *config, const char *model)
{
	(void)a;
	(void)config;
	(void)model;
}

void qemu_devices(struct arguments *a, const struct qemu_config *config)
{
#define KIND_ARGUMENTS(name, vendor, device, transitional, model, arguments) \
	arguments(a, config, model);
	DEVICE_KINDS(KIND_ARGUMENTS)
#undef KIND_ARGUMENTS
}
