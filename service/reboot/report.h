/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of a failure; see report.c. */
#ifndef SERVICE_REBOOT_REPORT_H
#define SERVICE_REBOOT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/abi.h>
#include <boot/image.h>

struct failure {
	const struct image_component *component;
	bool panic; /* gave itself up: only ip and bp are known */
	bool ended; /* in order, by reboot_exit(status) */
	long status;
	bool may_peek; /* mem works, and can look into its memory */
	long kind;     /* COS_FAULT_* or the CPU's vector */
	uint64_t addr;
	uint64_t error; /* the CPU's error code */
	uint64_t reg[COS_NREGS];
};

/* Text at an offset of the image. */
const char *image_string(uint32_t offset);
/* The component of that id, NULL: none. */
const struct image_component *image_component_find(long id);

/* The registers of the exception by which the calling thread entered reboot. */
void report_registers_get(uint64_t reg[COS_NREGS]);
/* Write the report to the log. text: its first line without the newline, cut to len_bytes. */
void report_write(const struct failure *f, char *text, unsigned long len_bytes);

#endif
