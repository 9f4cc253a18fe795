/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of PCI devices on Linux.
 *
 * I1 Each established interrupt, a message or a line, has an eventfd, which VFIO raises, and a
 *    thread, which waits in read and runs the handler.
 * I2 VFIO masks a line when it raises the eventfd; the thread unmasks it when the handler has
 *    returned. If the device still holds the line, the interrupt comes again. Sharing of lines is
 *    up to the host kernel: here each device has its own.
 * I3 All messages of a device are allocated at once, without eventfds: before Linux 6.5 the set
 *    cannot be changed later without losing some.
 * I4 Messages and the line exclude each other, in a PCI device as in VFIO.
 */
#include "hyp.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <rump/errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rumpcomp_pci.h"
#include "vfio.h"

#define LINE (-1)

/* What a cookie names. */
struct interrupt {
	struct interrupt *next;
	struct vfio_device *device;
	unsigned cookie;
	int message; /* index in the MSI-X table, or LINE */
	int event;   /* the eventfd; -1: not established */
	int (*handler)(void *);
	void *data;
};

static pthread_mutex_t interrupts_lock = PTHREAD_MUTEX_INITIALIZER;
static struct interrupt *interrupts;

static int interrupt_map(struct vfio_device *d, int message, unsigned cookie)
{
	struct interrupt *new = malloc(sizeof(*new)), *i;

	if (new == NULL)
		return RUMP_ENOMEM;
	*new = (struct interrupt){.device = d, .cookie = cookie, .message = message, .event = -1};
	MUST(pthread_mutex_lock(&interrupts_lock));
	for (i = interrupts; i != NULL; i = i->next)
		if (i->cookie == cookie || (i->device == d && i->message == message))
			break;
	if (i == NULL) {
		new->next = interrupts;
		interrupts = new;
	}
	MUST(pthread_mutex_unlock(&interrupts_lock));
	if (i != NULL)
		free(new);
	return i != NULL ? RUMP_EEXIST : 0;
}

int rumpcomp_pci_irq_map(unsigned bus, unsigned dev, unsigned fun, int intrline, unsigned cookie)
{
	struct vfio_device *d = vfio_device_find(bus, dev, fun);

	(void)intrline; /* firmware's number for other interrupt controllers */
	if (d == NULL || d->nlines == 0)
		return RUMP_ENODEV;
	return interrupt_map(d, LINE, cookie);
}

unsigned rumpcomp_pci_msix_count(unsigned bus, unsigned dev, unsigned fun)
{
	const struct vfio_device *d = vfio_device_find(bus, dev, fun);

	return d != NULL ? d->nmessages : 0;
}

int rumpcomp_pci_msix_map(unsigned bus, unsigned dev, unsigned fun, unsigned vector,
			  unsigned cookie)
{
	struct vfio_device *d = vfio_device_find(bus, dev, fun);

	if (d == NULL)
		return RUMP_ENODEV;
	if (vector >= d->nmessages)
		return RUMP_EINVAL;
	return interrupt_map(d, (int)vector, cookie);
}

/*
 * Set the eventfds of count interrupts from start; -1 means none. 0; a negative host errno; or, if
 * messages are to be enabled, how many are possible.
 */
static int events_set(const struct vfio_device *d, unsigned index, unsigned start, unsigned count,
		      const int32_t *events)
{
	size_t len = sizeof(struct vfio_irq_set) + count * sizeof(*events);
	struct vfio_irq_set *set = malloc(len);
	int result;

	if (set == NULL)
		return -ENOMEM;
	*set = (struct vfio_irq_set){
		.argsz = (uint32_t)len,
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = index,
		.start = start,
		.count = count,
	};
	memcpy(set->data, events, count * sizeof(*events));
	result = ioctl(d->fd, VFIO_DEVICE_SET_IRQS, set);
	free(set);
	return result < 0 ? -errno : result;
}

/*
 * Allocate as many messages for the device as the host has. With interrupts_lock. 0 or a host
 * errno.
 */
static int messages_enable(struct vfio_device *d)
{
	int32_t *none;
	int n = (int)d->nmessages, result;

	if (d->nenabled != 0)
		return 0;
	none = malloc(d->nmessages * sizeof(*none));
	if (none == NULL)
		return ENOMEM;
	memset(none, -1, d->nmessages * sizeof(*none));
	while ((result = events_set(d, VFIO_PCI_MSIX_IRQ_INDEX, 0, (unsigned)n, none)) > 0 &&
	       result < n)
		n = result;
	free(none);
	if (result != 0)
		return result < 0 ? -result : ENOSPC;
	d->nenabled = (unsigned)n;
	return 0;
}

static int event_connect(const struct interrupt *i)
{
	struct vfio_device *d = i->device;
	int32_t event = i->event;
	int error;

	if (i->message == LINE)
		return -events_set(d, VFIO_PCI_INTX_IRQ_INDEX, 0, 1, &event);
	error = messages_enable(d);
	if (error == 0 && (unsigned)i->message >= d->nenabled)
		error = ENOSPC;
	if (error == 0)
		error = -events_set(d, VFIO_PCI_MSIX_IRQ_INDEX, (unsigned)i->message, 1, &event);
	return error;
}

static void line_unmask(const struct vfio_device *d)
{
	struct vfio_irq_set set = {
		.argsz = sizeof(set),
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK,
		.index = VFIO_PCI_INTX_IRQ_INDEX,
		.count = 1,
	};

	MUST(ioctl(d->fd, VFIO_DEVICE_SET_IRQS, &set));
}

/* Whether the device asserts its line (PCI 3.0, 6.2.3). */
static bool line_is_up(const struct vfio_device *d)
{
	uint32_t value;

	return vfio_conf_read(d, PCI_COMMAND, &value) == 0 &&
	       (value >> 16 & PCI_STATUS_INTERRUPT) != 0;
}

static void handler_run(const struct interrupt *i)
{
	rumpuser__hyp.hyp_schedule();
	i->handler(i->data);
	rumpuser__hyp.hyp_unschedule();
	if (i->message == LINE)
		line_unmask(i->device);
}

/*
 * A line that was up before its interrupt was enabled is checked once: an interrupt controller that
 * took it for an edge (QEMU's does) reports nothing.
 */
static void *interrupt_thread(void *arg)
{
	struct interrupt *i = arg;
	uint64_t count;

	rumpuser_component_kthread();
	if (i->message == LINE && line_is_up(i->device))
		handler_run(i);
	for (;;) {
		if (read(i->event, &count, sizeof(count)) != (ssize_t)sizeof(count)) {
			MUST(errno != EINTR); /* interrupted by a host signal */
			continue;
		}
		handler_run(i);
	}
	return NULL;
}

static int thread_start(struct interrupt *i)
{
	pthread_attr_t attr;
	pthread_t thread;
	char name[16];
	int error;

	MUST(pthread_attr_init(&attr));
	MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	error = pthread_create(&thread, &attr, interrupt_thread, i);
	pthread_attr_destroy(&attr);
	if (error == 0) {
		snprintf(name, sizeof(name), "irq%u %.7s", i->cookie, i->device->name + 5);
		pthread_setname_np(thread, name);
	}
	return error;
}

/*
 * The thread is made last, so a failure before needs not end it. With interrupts_lock. 0 or a host
 * errno.
 */
static int interrupt_start(struct interrupt *i)
{
	const int32_t none = -1;
	int error;

	i->event = eventfd(0, EFD_CLOEXEC);
	if (i->event < 0)
		return errno;
	error = event_connect(i);
	if (error == 0) {
		error = thread_start(i);
		if (error != 0)
			events_set(i->device,
				   i->message == LINE ? VFIO_PCI_INTX_IRQ_INDEX
						      : VFIO_PCI_MSIX_IRQ_INDEX,
				   i->message == LINE ? 0 : (unsigned)i->message, 1, &none);
	}
	if (error != 0) {
		close(i->event);
		i->event = -1;
	}
	return error;
}

void *rumpcomp_pci_irq_establish(unsigned cookie, int (*handler)(void *), void *data)
{
	struct interrupt *i;
	int error = 0;

	MUST(pthread_mutex_lock(&interrupts_lock));
	for (i = interrupts; i != NULL && i->cookie != cookie;)
		i = i->next;
	if (i != NULL && i->event >= 0)
		i = NULL;
	if (i != NULL) {
		i->handler = handler;
		i->data = data;
		error = interrupt_start(i);
		if (error != 0) {
			vfio_say(i->device->name, "interrupt %d: %s", i->message, strerror(error));
			i = NULL;
		}
	}
	MUST(pthread_mutex_unlock(&interrupts_lock));
	return i;
}
