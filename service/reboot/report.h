/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written about a failure; see report.c. */
#ifndef SERVICE_REBOOT_REPORT_H
#define SERVICE_REBOOT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/abi.h>
#include <boot/image.h>

struct failure {
	const struct image_component *component;
	bool panic; /* gave itself up: only ip and bp are known */
	bool ended; /* in order, with that status */
	long status;
	bool may_peek; /* its memory can be looked at: mem works */
	long kind;     /* COS_FAULT_* or the CPU's vector */
	uint64_t addr;
	uint64_t error; /* the CPU's error code */
	uint64_t reg[COS_NREGS];
};

/* Text at an offset of the image. */
const char *image_string(uint32_t offset);
/* Component by id, NULL: none. */
const struct image_component *image_component_find(long id);

/* All registers of the exception frame that brought the calling thread here. */
void report_registers_get(uint64_t reg[COS_NREGS]);
/* The whole of it to the kernel's log; text: its first line, without the line's end, cut to len
 * bytes. */
void report_write(const struct failure *f, char *text, unsigned long len_bytes);

#endif
