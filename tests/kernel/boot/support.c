/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests share: printing, objects, options (test.h). */
#include <stdarg.h>
#include "cos/image.h"
#include "cos/layout.h"
#include "test.h"

#define CAPTBL_SLOTS 4096
#define UNTYPED COS_BOOT_UNTYPED

const struct cos_bootinfo *bootinfo = (const void *)COS_BOOTINFO_VA;
uint64_t sched_arcv;
static uint64_t next_slot = 128;
static uint64_t next_page;
unsigned test_failures;
static uint64_t shared_mem[SHARED_PAGES];

static void put(const char *text, size_t len)
{
	while (len) {
		size_t n = len < 32 ? len : 32;
		union {
			char byte[32];
			uint64_t word[4];
		} u = {0};

		for (size_t i = 0; i < n; i++)
			u.byte[i] = text[i];
		int64_t done = (int64_t)OP(COS_BOOT_HW, COS_HW_LOG, n, u.word[0], u.word[1],
					   u.word[2], u.word[3]);

		if (done < 0)
			return;
		text += done;
		len -= (size_t)done;
	}
}

static size_t put_number(char *to, uint64_t value, unsigned base)
{
	char digit[20];
	size_t n = 0, len = 0;

	do {
		digit[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		to[len++] = digit[--n];
	return len;
}

/* %s %ld %lu %lx %d */
void print(const char *f, ...)
{
	char line[256];
	size_t len = 0;
	va_list args;
	const char *s;
	long v;

	va_start(args, f);
	for (; *f && len < sizeof(line) - 24; f++) {
		if (*f != '%') {
			line[len++] = *f;
			continue;
		}
		f += f[1] == 'l' ? 2 : 1;
		switch (*f) {
		case 's':
			for (s = va_arg(args, const char *); *s && len < sizeof(line) - 24; s++)
				line[len++] = *s;
			break;
		case 'd':
			v = f[-1] == 'l' ? va_arg(args, long) : va_arg(args, int);
			if (v < 0)
				line[len++] = '-';
			len += put_number(line + len, v < 0 ? -(uint64_t)v : (uint64_t)v, 10);
			break;
		default:
			len += put_number(line + len, va_arg(args, uint64_t), *f == 'x' ? 16 : 10);
		}
	}
	va_end(args);
	put(line, len);
}

void test_fail(const char *file, int line, const char *what, long got, long expected)
{
	test_failures++;
	print("%s:%d: %s is %ld, not %ld\n", file, line, what, got, expected);
}

static void check(long status, const char *what)
{
	if (status >= 0)
		return;
	print("FAIL setup: %s: %ld\n", what, status);
	OP(COS_BOOT_HW, COS_HW_HALT, 2);
}

uint64_t slot_new(void)
{
	return next_slot++;
}

uint64_t page_new(unsigned type)
{
	uint64_t page = next_page++;

	check(OP(UNTYPED, COS_MEM_RETYPE, page, 1, type), "retype");
	return cos_mem(UNTYPED, page);
}

void pages_retype(uint64_t untyped, uint64_t page, uint64_t count, unsigned type)
{
	for (uint64_t part; count > 0; page += part, count -= part) {
		part = count < COS_MEM_RETYPE_MAX ? count : COS_MEM_RETYPE_MAX;
		EXPECT(OP(untyped, COS_MEM_RETYPE, page, part, type), 0);
	}
}

uint64_t page_kernel(void)
{
	return page_new(COS_MEM_KERNEL);
}

void domain_map(const struct domain *d, uint64_t va, uint64_t mem, unsigned flags)
{
	struct sys s;

	for (;;) {
		uint64_t slot, level;
		long status;

		s = (struct sys){COS_OP(d->pgtbl, COS_PGTBL_MAP), {va, mem, flags}};
		status = sys(&s);
		if (status != -COS_ENOTBL) {
			check(status, "map");
			return;
		}
		level = s.arg[0];
		slot = slot_new();
		check(OP(COS_BOOT_CAPTBL, COS_MK_PGTBL, slot, page_kernel(), level), "page table");
		check(OP(d->pgtbl, COS_PGTBL_LINK, va & -(1UL << (12 + 9 * level)), slot,
			 COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC),
		      "link");
	}
}

/* Map our segments in another domain: read-only ones again, writable ones as zeroed pages. */
static void domain_map_text(const struct domain *d)
{
	const char *base = (const char *)bootinfo->image_va;
	const struct image_first *image = (const void *)base;
	const struct image_segment *seg = (const void *)(base + image->segments);

	for (uint32_t i = 0; i < image->nsegments; i++)
		for (uint64_t at = 0; at < seg[i].memory_bytes; at += COS_PAGE_SIZE)
			if (seg[i].prot & COS_PG_WRITE)
				domain_map(d, seg[i].vaddr + at, page_new(COS_MEM_USER),
					   seg[i].prot);
			else
				domain_map(d, seg[i].vaddr + at,
					   cos_mem(COS_BOOT_IMAGE,
						   (seg[i].file_offset + at) / COS_PAGE_SIZE),
					   seg[i].prot);
}

void domain_make(struct domain *d, uint64_t id)
{
	d->captbl = slot_new();
	d->pgtbl = slot_new();
	d->comp = slot_new();
	check(OP(COS_BOOT_CAPTBL, COS_MK_CAPTBL, d->captbl, page_kernel()), "captbl");
	check(OP(d->captbl, COS_CAPTBL_EXTEND, 0, page_kernel()), "extend");
	check(OP(COS_BOOT_CAPTBL, COS_MK_PGTBL, d->pgtbl, page_kernel(), 4), "page table");
	check(OP(COS_BOOT_CAPTBL, COS_MK_COMP, d->comp, page_kernel(), d->captbl, d->pgtbl, id),
	      "component");
	domain_map_text(d);
	for (unsigned i = 0; i < SHARED_PAGES; i++)
		domain_map(d, SHARED_VA + i * COS_PAGE_SIZE, shared_mem[i],
			   COS_PG_READ | COS_PG_WRITE);
}

uint64_t sinv_new(uint64_t comp, const void *entry, uint64_t token)
{
	uint64_t slot = slot_new();

	check(OP(COS_BOOT_CAPTBL, COS_MK_SINV, slot, comp, (uint64_t)entry, token), "sinv");
	return slot;
}

uint64_t thd_new(uint64_t comp, uint64_t tid, const void *entry, uint64_t argument)
{
	uint64_t slot = slot_new();

	check(OP(COS_BOOT_CAPTBL, COS_MK_THD, slot, page_kernel(), comp, tid, (uint64_t)entry,
		 argument),
	      "thread");
	return slot;
}

uint64_t tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

uint64_t option(const char *name, uint64_t otherwise)
{
	for (const char *at = bootinfo->cmdline; *at; at++) {
		uint64_t value = 0;
		size_t n = 0;

		while (name[n] && at[n] == name[n])
			n++;
		if (name[n])
			continue;
		for (at += n; *at >= '0' && *at <= '9'; at++)
			value = value * 10 + (uint64_t)(*at - '0');
		return value;
	}
	return otherwise;
}

uint64_t events_of(uint64_t tid)
{
	uint64_t mask = 0;

	for (;;) {
		struct sys s = {COS_OP(sched_arcv, COS_SCHED_EVENT), {0}};
		long n = sys(&s);

		check(n, "event");
		if (!n)
			return mask;
		if (s.arg[0] == tid)
			mask |= s.arg[1];
	}
}

void setup(void)
{
	const struct domain self = {COS_BOOT_CAPTBL, COS_BOOT_PGTBL, COS_BOOT_COMP};

	for (uint64_t i = 128; i < CAPTBL_SLOTS; i += COS_CAPTBL_LEAF)
		check(OP(COS_BOOT_CAPTBL, COS_CAPTBL_EXTEND, i, page_kernel()), "extend");
	for (unsigned i = 0; i < SHARED_PAGES; i++) {
		shared_mem[i] = page_new(COS_MEM_USER);
		domain_map(&self, SHARED_VA + i * COS_PAGE_SIZE, shared_mem[i],
			   COS_PG_READ | COS_PG_WRITE);
	}
	sched_arcv = slot_new();
	check(OP(COS_BOOT_CAPTBL, COS_MK_ARCV, sched_arcv, COS_BOOT_THD), "arcv");
	check(OP(COS_BOOT_HW, COS_HW_SCHED, COS_BOOT_THD, sched_arcv), "scheduler");
	check(OP(COS_BOOT_THD, COS_THD_PRIO, SCHED_PRIO), "priority");
}
