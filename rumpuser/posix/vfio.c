/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices by VFIO. A device belongs to a group, /dev/vfio/NUMBER, of all devices that the IOMMU
 * cannot tell apart. A group is put into a container, which is an address space for DMA; here one
 * container is for all devices of the process.
 *
 * The kernel prescribes the order: open the container and the group; put the group into the
 * container; select the kind of IOMMU (with the first group); only then ask for the device. Its
 * regions are its BARs and its configuration space.
 *
 * Without an IOMMU, and if root has allowed it, groups are named noiommu-NUMBER.
 */
#include "hyp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vfio.h"

#define CONTAINER "/dev/vfio/vfio"
/* A process is given a few devices at most. */
#define DEVICES_MAX 64
#define CAPABILITIES_MAX 48 /* as many as fit into 256 bytes of configuration space */
/* Below are the remains of ISA, and identity mappings that firmware requested. */
#define WINDOW_FIRST (16ull << 20)
#define WINDOW_END (1ull << 32)
#define INTERRUPTS 0xfee00000ull /* not memory: SDM 3A, 11.11.1 */

static struct vfio_device devices[DEVICES_MAX];
static unsigned groups_of[DEVICES_MAX], ndevices;
static int container = -1;
static bool translates = true;
static uint64_t window_first, window_end;

void vfio_say(const char *name, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "rumpuser: PCI device %s: ", name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

struct vfio_device *vfio_device_get(unsigned n)
{
	return n < ndevices ? &devices[n] : NULL;
}

struct vfio_device *vfio_device_find(unsigned bus, unsigned dev, unsigned fun)
{
	for (struct vfio_device *d = devices; d < devices + ndevices; d++)
		if (d->bus == bus && d->dev == dev && d->fun == fun)
			return d;
	return NULL;
}

static int transferred(ssize_t n)
{
	return n == sizeof(uint32_t) ? 0 : n < 0 ? errno : EIO;
}

int vfio_conf_read(const struct vfio_device *d, unsigned reg, uint32_t *value)
{
	return transferred(pread(d->fd, value, sizeof(*value), (off_t)(d->conf_offset + reg)));
}

int vfio_conf_write(const struct vfio_device *d, unsigned reg, uint32_t value)
{
	return transferred(pwrite(d->fd, &value, sizeof(value), (off_t)(d->conf_offset + reg)));
}

bool vfio_translates(void)
{
	return translates;
}

void vfio_dma_window(uint64_t *first, uint64_t *end)
{
	*first = window_first;
	*end = window_end;
}

int vfio_dma_map(void *va, uint64_t address, size_t len_bytes)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)va,
		.iova = address,
		.size = len_bytes,
	};

	return ioctl(container, VFIO_IOMMU_MAP_DMA, &map) == 0 ? 0 : errno;
}

void vfio_dma_unmap(uint64_t address, size_t len_bytes)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .iova = address, .size = len_bytes};

	MUST(ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap));
	MUST(unmap.size != len_bytes);
}

/* Why opening either of /dev/vfio's files failed, and what helps. */
static int say_open(const char *name, const char *path)
{
	int error = errno;
	const char *remedy = "";

	if (error == ENOENT)
		remedy = "; as root: modprobe vfio-pci";
	else if (error == EACCES || error == EPERM)
		remedy = "; run as root, or as root: chown this user's";
	else if (error == EBUSY)
		remedy = "; another process has it";
	vfio_say(name, "%s: %s%s", path, strerror(error), remedy);
	return error;
}

static int container_open(const char *name)
{
	if (container < 0)
		container = open(CONTAINER, O_RDWR | O_CLOEXEC);
	return container < 0 ? say_open(name, CONTAINER) : 0;
}

/* The largest part of [WINDOW_FIRST, WINDOW_END) that the IOMMU translates without a gap. */
static void window_take(const struct vfio_iova_range *range, uint32_t count)
{
	window_first = window_end = 0;
	for (; count > 0; count--, range++) {
		uint64_t first = range->start, last = range->end;

		if (first < WINDOW_FIRST)
			first = WINDOW_FIRST;
		if (last >= WINDOW_END)
			last = WINDOW_END - 1;
		if (first <= last && last + 1 - first > window_end - window_first) {
			window_first = first;
			window_end = last + 1;
		}
	}
}

/* The capability at that offset of an answer of len bytes. The kernel does not align it. */
static int ranges_read(const char *info, size_t len, uint32_t at)
{
	struct vfio_iommu_type1_info_cap_iova_range cap;
	struct vfio_iova_range *ranges;
	size_t bytes;

	if (at + sizeof(cap) > len)
		return EIO;
	memcpy(&cap, info + at, sizeof(cap));
	bytes = cap.nr_iovas * sizeof(*ranges);
	if (bytes > len - at - sizeof(cap))
		return EIO;
	ranges = malloc(bytes);
	if (ranges == NULL)
		return ENOMEM;
	memcpy(ranges, info + at + sizeof(cap), bytes);
	window_take(ranges, cap.nr_iovas);
	free(ranges);
	return 0;
}

static int capabilities_find(const char *info, size_t len)
{
	struct vfio_iommu_type1_info head;
	struct vfio_info_cap_header cap;
	int error = 0;

	memcpy(&head, info, sizeof(head));
	if ((head.flags & VFIO_IOMMU_INFO_CAPS) == 0)
		return 0;
	for (uint32_t at = head.cap_offset; error == 0 && at != 0; at = cap.next) {
		if (at + sizeof(cap) > len)
			return EIO;
		memcpy(&cap, info + at, sizeof(cap));
		if (cap.id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
			error = ranges_read(info, len, at);
	}
	return error;
}

/* Asked twice: the first time for the length of the answer. */
static int window_find(void)
{
	struct vfio_iommu_type1_info head = {.argsz = sizeof(head)};
	char *info;
	int error;

	window_first = WINDOW_FIRST;
	window_end = INTERRUPTS;
	if (ioctl(container, VFIO_IOMMU_GET_INFO, &head) != 0)
		return errno;
	if (head.argsz < sizeof(head))
		return EIO;
	info = calloc(1, head.argsz);
	if (info == NULL)
		return ENOMEM;
	memcpy(info, &head.argsz, sizeof(head.argsz));
	error = ioctl(container, VFIO_IOMMU_GET_INFO, info) != 0
			? errno
			: capabilities_find(info, head.argsz);
	free(info);
	return error;
}

/* The group stays open as long as a device of it does. */
static int group_add(const char *name, int group, const char *path)
{
	struct vfio_group_status status = {.argsz = sizeof(status)};
	bool first = ndevices == 0;
	unsigned long kind = translates ? VFIO_TYPE1v2_IOMMU : VFIO_NOIOMMU_IOMMU;
	int error;

	if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) != 0) {
		error = errno;
		vfio_say(name, "%s: %s", path, strerror(error));
		return error;
	}
	if ((status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0) {
		vfio_say(name,
			 "/sys/bus/pci/devices/%s/iommu_group/devices has others, which no IOMMU "
			 "separates from it: bind them to vfio-pci too",
			 name);
		return EBUSY;
	}
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) != 0 ||
	    (first && ioctl(container, VFIO_SET_IOMMU, kind) != 0)) {
		error = errno;
		vfio_say(name, "%s cannot be put behind an IOMMU: %s%s", path, strerror(error),
			 error == ENODEV  ? "; as root: modprobe vfio_iommu_type1"
			 : error == EPERM ? "; without interrupt remapping, as root: modprobe "
					    "vfio_iommu_type1 allow_unsafe_interrupts=1"
					  : "");
		return error;
	}
	return first && translates ? window_find() : 0;
}

static int group_open(const char *name, unsigned number, int *groupp)
{
	static int groups[DEVICES_MAX];
	char path[32];
	int error;

	for (unsigned i = 0; i < ndevices; i++)
		if (groups_of[i] == number) {
			*groupp = groups[ndevices] = groups[i];
			return 0;
		}
	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%u", number);
	if (access(path, F_OK) == 0)
		translates = false;
	else
		snprintf(path, sizeof(path), "/dev/vfio/%u", number);
	*groupp = open(path, O_RDWR | O_CLOEXEC);
	if (*groupp < 0)
		return say_open(name, path);
	error = group_add(name, *groupp, path);
	if (error != 0)
		close(*groupp);
	groups[ndevices] = *groupp;
	return error;
}

static int region_get(const struct vfio_device *d, unsigned index, struct vfio_region_info *info)
{
	*info = (struct vfio_region_info){.argsz = sizeof(*info), .index = index};
	return ioctl(d->fd, VFIO_DEVICE_GET_REGION_INFO, info) == 0 ? 0 : errno;
}

static unsigned irqs_count(const struct vfio_device *d, unsigned index)
{
	struct vfio_irq_info info = {.argsz = sizeof(info), .index = index};

	if (ioctl(d->fd, VFIO_DEVICE_GET_IRQ_INFO, &info) != 0 ||
	    (info.flags & VFIO_IRQ_INFO_EVENTFD) == 0)
		return 0;
	return info.count;
}

static int capabilities_read(struct vfio_device *d)
{
	uint32_t status, at, head;
	int error = vfio_conf_read(d, PCI_COMMAND, &status);

	if (error != 0 || (status >> 16 & PCI_STATUS_CAP_LIST) == 0)
		return error;
	error = vfio_conf_read(d, PCI_CAPABILITY_LIST, &at);
	for (unsigned left = CAPABILITIES_MAX; error == 0 && left > 0; left--) {
		at &= 0xfc;
		if (at < PCI_STD_HEADER_SIZEOF)
			break;
		error = vfio_conf_read(d, at, &head);
		if (error == 0 && (head & 0xff) == PCI_CAP_ID_MSI)
			d->msi = at;
		if (error == 0 && (head & 0xff) == PCI_CAP_ID_MSIX)
			d->msix = at;
		at = head >> 8;
	}
	return error;
}

static int bar_read(struct vfio_device *d, unsigned n)
{
	struct vfio_bar *bar = &d->bar[n];
	struct vfio_region_info info;
	uint32_t low, high = 0;
	int error = region_get(d, VFIO_PCI_BAR0_REGION_INDEX + n, &info);

	if (error != 0 || info.size == 0)
		return error;
	error = vfio_conf_read(d, PCI_BASE_ADDRESS_0 + 4 * n, &low);
	if (error != 0)
		return error;
	bar->len_bytes = info.size;
	bar->offset = info.offset;
	bar->mappable = info.flags & VFIO_REGION_INFO_FLAG_MMAP;
	bar->io = low & PCI_BASE_ADDRESS_SPACE_IO;
	if (bar->io) {
		bar->base = low & ~3u;
		return 0;
	}
	if ((low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64)
		error = vfio_conf_read(d, PCI_BASE_ADDRESS_0 + 4 * (n + 1), &high);
	bar->base = (uint64_t)high << 32 | (low & ~0xfu);
	return error;
}

static int device_read(struct vfio_device *d)
{
	struct vfio_region_info info;
	int error = region_get(d, VFIO_PCI_CONFIG_REGION_INDEX, &info);

	d->conf_offset = info.offset;
	for (unsigned n = 0; error == 0 && n < VFIO_NBARS; n++)
		error = bar_read(d, n);
	if (error == 0)
		error = capabilities_read(d);
	d->nlines = irqs_count(d, VFIO_PCI_INTX_IRQ_INDEX);
	d->nmessages = irqs_count(d, VFIO_PCI_MSIX_IRQ_INDEX);
	return error;
}

int vfio_device_open(const char *name, unsigned group)
{
	struct vfio_device *d = &devices[ndevices];
	int fd, error;

	if (ndevices == DEVICES_MAX)
		return E2BIG;
	error = container_open(name);
	if (error == 0)
		error = group_open(name, group, &fd);
	if (error != 0)
		return error;
	*d = (struct vfio_device){.fd = ioctl(fd, VFIO_GROUP_GET_DEVICE_FD, name)};
	error = d->fd < 0 ? errno : device_read(d);
	if (error != 0) {
		vfio_say(name, "VFIO: %s", strerror(error));
		return error;
	}
	snprintf(d->name, sizeof(d->name), "%s", name);
	sscanf(name, "%*x:%x:%x.%x", &d->bus, &d->dev, &d->fun);
	groups_of[ndevices++] = group;
	return 0;
}
