/* SPDX-License-Identifier: BSD-2-Clause */
/* The arguments of QEMU while they are put together. */
#ifndef R2C_RUN_QEMU_DEVICES_H
#define R2C_RUN_QEMU_DEVICES_H

#include "qemu.h"

struct arguments {
	struct pool *pool;
	char **argv;
	size_t n;
};

__attribute__((format(printf, 2, 3))) void qemu_argument(struct arguments *a, const char *format,
							 ...);
/* A comma in a value of QEMU's is written twice. */
const char *qemu_escaped(struct pool *pool, const char *text);
/* The arguments for the devices that the machine has by the table of kinds. */
void qemu_devices(struct arguments *a, const struct qemu_config *config);

#endif
