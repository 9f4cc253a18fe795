/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bus: memory shared under names (bus/bus.h).
 *
 * I1  Moments count the notifications of all buses together, and a bus remembers its last one. So a
 *     single number says what a client has seen of all buses that it watches, and the client keeps
 *     it.
 * I2  The buses are made by component_init; later only their moments change, under mutex.
 * I3  All memory is present from the start: a client that touches it later cannot run out of
 *     memory.
 */
#include <bus/bus.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <mem/mem.h>

struct bus {
	char name[BUS_NAME_MAX];
	long addr;
	uint64_t len_bytes;
	unsigned long notified; /* moment of the last notification, 0: none */
};

static struct bus buses[BUS_MAX];
static long nbuses;
static bool started;

static struct cos_mutex mutex;
static struct cos_cond notified;
static unsigned long now = 1;

long component_init(void);

/* Make a bus of "NAME=SIZE". */
static long bus_make(struct bus *bus, const char *param)
{
	const char *size = strchr(param, '=') + 1;
	size_t name_len = (size_t)(size - 1 - param);

	if (name_len == 0 || name_len >= sizeof(bus->name) ||
	    !cos_size_parse(size, &bus->len_bytes))
		return -COS_EINVAL;
	memcpy(bus->name, param, name_len);
	bus->addr = mem_shm_create(bus->len_bytes);
	if (bus->addr < 0)
		return bus->addr;
	memset((void *)bus->addr, 0, bus->len_bytes);
	return 0;
}

long component_init(void)
{
	static const char prefix[] = "BUS.";
	const size_t prefix_len = sizeof(prefix) - 1;
	long error = 0;

	for (const char *p = cos_param_next(NULL); p && error == 0; p = cos_param_next(p)) {
		if (strncmp(p, prefix, prefix_len) != 0)
			continue;
		error = nbuses < BUS_MAX ? bus_make(&buses[nbuses], p + prefix_len) : -COS_EINVAL;
		nbuses += error == 0;
		if (error)
			cos_log("bus: %s: error %ld\n", p, error);
	}
	__atomic_store_n(&started, error == 0, __ATOMIC_RELEASE);
	return error;
}

long bus_find(unsigned long name0, unsigned long name1, unsigned long name2, unsigned long name3)
{
	unsigned long name[] = {name0, name1, name2, name3};

	_Static_assert(sizeof(name) == BUS_NAME_MAX, "a name in four words");
	if (!__atomic_load_n(&started, __ATOMIC_ACQUIRE))
		return -COS_EAGAIN;
	for (long n = 0; n < nbuses; n++)
		if (memcmp(buses[n].name, name, sizeof(name)) == 0)
			return n;
	return -COS_ENOENT;
}

struct cos_pair bus_memory(long bus)
{
	if (bus < 0 || bus >= nbuses)
		return (struct cos_pair){-COS_ENOENT, 0};
	return (struct cos_pair){buses[bus].addr, (long)buses[bus].len_bytes};
}

long bus_notify(long bus)
{
	if (bus < 0 || bus >= nbuses)
		return -COS_ENOENT;
	cos_mutex_lock(&mutex);
	buses[bus].notified = ++now;
	cos_cond_broadcast(&notified);
	cos_mutex_unlock(&mutex);
	return 0;
}

/* Under mutex: has one of these buses been notified since? */
static bool notified_after(unsigned long which, unsigned long since)
{
	for (long n = 0; n < nbuses; n++)
		if (which >> n & 1 && buses[n].notified > since)
			return true;
	return which == 0;
}

long bus_wait(unsigned long which, unsigned long since)
{
	unsigned long moment;

	cos_mutex_lock(&mutex);
	while (!notified_after(which, since))
		cos_cond_wait(&notified, &mutex);
	moment = now;
	cos_mutex_unlock(&mutex);
	return (long)moment;
}
