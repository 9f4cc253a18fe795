/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual machine: QEMU with a q35 board, the system's executable as its kernel, and virtio
 * devices. The first serial line is the log, the second carries frames (interface/console/wire.h).
 */
#ifndef R2C_RUN_QEMU_H
#define R2C_RUN_QEMU_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "pool.h"

struct qemu_disk {
	const char *path;
	bool temporary; /* gone after the run: flushes need not reach the host's disk */
};

enum qemu_accel {
	QEMU_AUTO, /* KVM where it can be used, not when instructions are counted */
	QEMU_KVM,
	QEMU_TCG,
};

struct qemu_config {
	enum qemu_accel accel;
	const char *kernel;
	const char *cdrom; /* a bootable ISO image, started by the board's BIOS instead; or NULL */
	uint64_t memory_bytes;
	long cpus;
	struct qemu_disk *disk;
	size_t ndisks;
	const char *memory; /* a file that is the machine's memory, NULL: none */
	bool transitional;  /* virtio devices also speak the interface from before 1.0 */
	bool iommu;	    /* Intel's VT-d, with all devices behind it; not with transitional */
	bool net;
	const char **forward; /* "HOST:GUEST" */
	size_t nforwards;
	const char *gdb;    /* port, or NULL */
	const char **extra; /* more arguments for QEMU */
	size_t nextra;
};

struct qemu {
	pid_t pid;
	int log;    /* first serial line, read */
	int frames; /* second serial line, both ways */
	int errors; /* QEMU's own stderr, read */
};

/* Are the files there and the ports free? False: reported. */
bool qemu_check(const struct qemu_config *config);
/* Start it. QEMU is killed when r2c ends, however r2c ends. False: reported. */
bool qemu_start(struct qemu *qemu, const struct qemu_config *config);
/* Closes what qemu_start opened; the process must have been waited for. */
void qemu_close(struct qemu *qemu);

/* The arguments that QEMU gets, NULL-terminated; the descriptors are those of the serial lines in
 * QEMU. */
char **qemu_arguments(struct pool *pool, const struct qemu_config *config, bool kvm, int log_fd,
		      int frames_fd);

#endif
