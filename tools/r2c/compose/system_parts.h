/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of sys_read (system.h), and what they share. False: the mistakes are reported. */
#ifndef R2C_COMPOSE_SYSTEM_PARTS_H
#define R2C_COMPOSE_SYSTEM_PARTS_H

#include "system.h"

/* Find exports and imports in the objects, join them, and put the components in the order of start.
 */
bool sys_wire(struct sys *sys);

/* audience.c: is every name in the `roles` and `imports` of the composition one? */
bool audience_names_check(const struct sys *sys);
/* May component c import function f? */
bool audience_allows(const struct sys *sys, size_t c, size_t f);
/* Report why audience_allows says no. */
void audience_report(struct sys *sys, size_t c, size_t f);
/* Devices, parameters, windows and blobs. */
bool sys_give(struct sys *sys);

/* A parameter "KEY=VALUE" more for a component. */
void sys_param_add(struct sys *sys, struct sys_component *c, const char *text);
/* mounts.c: hand the i-th mount of the composition to posix. */
bool mount_give(struct sys *sys, struct sys_component *posix, size_t i);

/* devices.c: a device by its name in a composition; false: it is none (not reported). */
bool device_parse(const char *text, bool transitional, struct sys_device *device);
/* Report that text on that line is no device. Always false. */
bool device_expected(struct sys *sys, int line, const char *text);
/* The component that was given the device; NULL: none. */
const struct sys_component *device_owner(const struct sys *sys, const struct sys_device *device);
/* Give component c the devices of its section. */
bool devices_give(struct sys *sys, struct sys_component *c);

#endif
