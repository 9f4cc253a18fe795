/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report of a failure: what happened and where, the registers, and a backtrace along the frame
 * pointers, which every component is compiled with. The stack is read through mem out of the failed
 * component's memory, and addresses are named by the symbols of its domain. Anything in that memory
 * may be damaged: each stack frame must lie above the one before it, on the same stack, and there
 * are at most FRAMES_MAX.
 */
#include <cos/client.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include <boot/boot.h>
#include <boot/image.h>
#include <mem/control.h>

#include "report.h"
#include "symbol.h"

#define FRAMES_MAX 32 /* one screen; and a damaged stack ends somewhere */
#define WHERE_MAX 96  /* a longer symbol is cut off, for one line each */

/* Page-fault error code, SDM 3A figure 4-12. */
#define PAGE_PRESENT 1
#define PAGE_WRITE 2
#define PAGE_FETCH 16

static const struct image_header *image(void)
{
	return (const struct image_header *)COS_IMAGE_VA;
}

static const void *image_at(uint64_t offset)
{
	return (const uint8_t *)COS_IMAGE_VA + offset;
}

const char *image_string(uint32_t offset)
{
	return image_at(offset);
}

const struct image_component *image_component_find(long id)
{
	const struct image_component *c = image_at(image()->components.offset);

	for (uint32_t i = 0; i < image()->components.count; i++, c++)
		if ((long)c->id == id)
			return c;
	return NULL;
}

void report_registers_get(uint64_t reg[COS_NREGS])
{
	struct cos_results r = {0};

	for (unsigned n = 0; n < COS_NREGS / 3; n++) {
		cos_op_r(COS_CAP_SELF, COS_SELF_CALLER_GET, n, 0, 0, 0, 0, 0, &r);
		reg[3 * n] = r.rdi;
		reg[3 * n + 1] = r.rsi;
		reg[3 * n + 2] = r.rdx;
	}
}

/* "name+0x12"; "?": unknown. */
static void where_print(const struct image_component *c, uint64_t ip, char *buf)
{
	const struct image_domain *domain = image_at(image()->domains.offset);
	const struct image_blob *blob = image_at(image()->blobs.offset);
	uint32_t symbols = domain[c->domain].symbols;
	struct symbol s;

	if (symbols < image()->blobs.count &&
	    symbol_find(image_at(blob[symbols].offset), blob[symbols].len_bytes, ip, &s))
		cos_snprintf(buf, WHERE_MAX, "%s+0x%lx", s.name, s.offset);
	else
		cos_snprintf(buf, WHERE_MAX, "?");
}

static const char *vector_name(long kind)
{
	/* SDM 3A table 6-1. */
	static const char *const names[] = {
		[0] = "divide error",	 [1] = "debug exception", [3] = "breakpoint",
		[4] = "overflow",	 [5] = "bound exceeded",  [6] = "invalid opcode",
		[7] = "no FPU",		 [8] = "double fault",	  [10] = "invalid TSS",
		[11] = "segment absent", [12] = "stack fault",	  [13] = "general protection",
		[14] = "page fault",	 [16] = "FPU error",	  [17] = "alignment check",
		[18] = "machine check",	 [19] = "SIMD exception", [32] = "no such capability",
	};

	if (kind >= 0 && kind < (long)(sizeof(names) / sizeof(*names)) && names[kind])
		return names[kind];
	return "exception";
}

static void what_print(const struct failure *f, char *buf, unsigned long len)
{
	if (f->panic)
		cos_snprintf(buf, len, "gave up");
	else if (f->kind == COS_FAULT_PAGE)
		cos_snprintf(buf, len, "page fault: %s 0x%lx (%s)",
			     f->error & PAGE_FETCH   ? "execute at"
			     : f->error & PAGE_WRITE ? "write to"
						     : "read from",
			     f->addr, f->error & PAGE_PRESENT ? "not allowed" : "nothing there");
	else
		cos_snprintf(buf, len, "%s (%ld, error code 0x%lx)", vector_name(f->kind), f->kind,
			     f->error);
}

static void registers_write(const uint64_t *r)
{
	cos_log("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", r[COS_REG_RAX],
		r[COS_REG_RBX], r[COS_REG_RCX], r[COS_REG_RDX]);
	cos_log("  rsi %016lx  rdi %016lx  rbp %016lx  rsp %016lx\n", r[COS_REG_RSI],
		r[COS_REG_RDI], r[COS_REG_RBP], r[COS_REG_SP]);
	cos_log("  r8  %016lx  r9  %016lx  r10 %016lx  r11 %016lx\n", r[COS_REG_R8], r[COS_REG_R9],
		r[COS_REG_R10], r[COS_REG_R11]);
	cos_log("  r12 %016lx  r13 %016lx  r14 %016lx  r15 %016lx\n", r[COS_REG_R12],
		r[COS_REG_R13], r[COS_REG_R14], r[COS_REG_R15]);
	cos_log("  rip %016lx  rflags %016lx\n", r[COS_REG_IP], r[COS_REG_FLAGS]);
}

static void backtrace_write(const struct image_component *c, uint64_t bp)
{
	uint64_t stack = bp >> COS_STACK_SHIFT;

	for (unsigned n = 0; n < FRAMES_MAX && bp != 0 && bp % 8 == 0; n++) {
		struct cos_pair next = mem_peek(c->id, bp), ip = mem_peek(c->id, bp + 8);
		char where[WHERE_MAX];

		if (next.v0 != 0 || ip.v0 != 0) {
			cos_log("  (no frame at %016lx)\n", bp);
			return;
		}
		/* The call is before the address that it returns to. */
		where_print(c, (uint64_t)ip.v1 - 1, where);
		cos_log("  from %016lx  %s\n", ip.v1, where);
		if ((uint64_t)next.v1 <= bp || (uint64_t)next.v1 >> COS_STACK_SHIFT != stack)
			return;
		bp = (uint64_t)next.v1;
	}
}

void report_write(const struct failure *f, char *text, unsigned long len_bytes)
{
	char what[WHERE_MAX], where[WHERE_MAX];

	if (f->ended) {
		cos_snprintf(text, len_bytes, "%s: ended with status %ld",
			     image_string(f->component->name), f->status);
		cos_log("reboot: %s\n", text);
		return;
	}
	what_print(f, what, sizeof(what));
	where_print(f->component, f->reg[COS_REG_IP], where);
	cos_snprintf(text, len_bytes, "%s: %s at 0x%lx %s", image_string(f->component->name), what,
		     f->reg[COS_REG_IP], where);
	cos_log("reboot: %s\n  component %u, thread %ld\n", text, f->component->id, cos_tid());
	if (!f->panic)
		registers_write(f->reg);
	if (f->may_peek) {
		struct cos_pair space = mem_space(f->component->id);

		backtrace_write(f->component, f->reg[COS_REG_RBP]);
		/* The last line of a report (tools/r2c/debug/coredump.c). */
		cos_log("  page table %016lx\n", space.v0 == 0 ? space.v1 : 0);
	}
}
