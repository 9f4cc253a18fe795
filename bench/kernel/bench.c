/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that the kernel's paths take. QEMU with -icount shift=0 advances the TSC by a fixed
 * number of ticks for each instruction, which 100 NOPs show; the loop around each call is
 * subtracted. With cycles=1 on the command line the result is in ticks of the TSC instead, for a
 * real CPU.
 */
#include "cos/image.h"
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define ROUNDS 1000
#define INTERRUPTS 100
#define CHILDREN 625
#define MADE 50

long bench_nothing(long n, uint64_t call);
long bench_nops(long n, uint64_t call);
long bench_call(long n, uint64_t call);
long bench_stub(long n, uint64_t call);
long bench_pages(long n, uint64_t call);
long bench_to_stamp(long n, uint64_t call);
long bench_interrupted(void);
extern char yield_entry[], wait_entry[], stamp_entry[];
extern uint64_t bench_page[3];
_Noreturn void main(void);

static long loop, nops; /* ticks of ROUNDS: of the empty loop, of 100 NOPs beyond it */
static bool cycles;

/* user: the instructions of user level in each round. */
static void row(const char *name, long (*bench)(long, uint64_t), uint64_t call, long user)
{
	long instructions;

	bench(10, call);
	instructions = (bench(ROUNDS, call) - loop) * 100 / nops;
	if (cycles)
		print("%s %ld\n", name, instructions);
	else
		print("%s %ld, of which %ld in the kernel\n", name, instructions,
		      instructions - user);
}

static uint64_t stamp_arcv;

/* A thread that notes when it runs, more urgent than ours: an end-point to send to. */
static uint64_t stamp_thread(void)
{
	uint64_t asnd = slot_new(), thd;

	stamp_arcv = slot_new();
	thd = thd_new(COS_BOOT_COMP, 6, stamp_entry, COS_OP(stamp_arcv, COS_ARCV_WAIT));
	EXPECT(OP(CT, COS_MK_ARCV, stamp_arcv, thd), 0);
	EXPECT(OP(CT, COS_MK_ASND, asnd, stamp_arcv), 0);
	EXPECT(OP(thd, COS_THD_PRIO, 1), 0);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	return asnd;
}

/*
 * The mean from where the 8254's interrupt finds us to the first instruction of the thread bound to
 * it.
 */
static long interrupt(void)
{
	volatile uint32_t *ioapic = (volatile uint32_t *)0x50010000;
	const struct domain self = {.pgtbl = COS_BOOT_PGTBL};
	uint64_t mmio = slot_new(), port = slot_new();
	struct sys bind = {COS_OP(COS_BOOT_HW, COS_HW_IRQ_BIND), {stamp_arcv}};
	long sum = 0;

	EXPECT(sys(&bind), 0);
	EXPECT(OP(COS_BOOT_HW, COS_HW_DEVMEM, CT, mmio, 0xfec00000, 1), 0);
	EXPECT(OP(COS_BOOT_HW, COS_HW_IOPORT, CT, port, 0x40, 0x43), 0);
	domain_map(&self, (uint64_t)ioapic, cos_mem(mmio, 0),
		   COS_PG_READ | COS_PG_WRITE | COS_PG_NOCACHE);
	/* 82093AA: pin 2, an edge, to this core (ACPI's usual override of ISA interrupt 0) */
	ioapic[0] = 0x15;
	ioapic[4] = (uint32_t)bind.arg[1] << 24;
	ioapic[0] = 0x14;
	ioapic[4] = (uint32_t)bind.arg[0];
	for (unsigned i = 0; i < INTERRUPTS; i++) {
		EXPECT(OP(port, COS_PORT_OUT, 0x43, 1, 0x30), 0); /* counter 0, mode 0 */
		EXPECT(OP(port, COS_PORT_OUT, 0x40, 1, 0xff), 0);
		EXPECT(OP(port, COS_PORT_OUT, 0x40, 1, 0), 0);
		sum += bench_interrupted();
	}
	return sum / INTERRUPTS;
}

/* Ticks of removing a capability with so many children: one store ends them all (captbl.h, C5). */
static uint64_t removal(uint64_t of, unsigned children)
{
	static uint64_t child[CHILDREN];
	uint64_t parent = slot_new(), start, end;

	EXPECT(OP(CT, COS_CAPTBL_COPY, parent, CT, of, COS_RIGHTS_ALL), 0);
	for (unsigned i = 0; i < children; i++) {
		child[i] = slot_new();
		EXPECT(OP(CT, COS_CAPTBL_DELEGATE, child[i], CT, i ? child[i / 2] : parent,
			  COS_RIGHTS_ALL),
		       0);
	}
	start = tsc();
	EXPECT(op_once(CT, COS_CAPTBL_REMOVE, parent, 0), 0);
	end = tsc();
	for (unsigned i = 0; i < children; i++) {
		EXPECT(OP(child[i], COS_SINV), -COS_ECAP);
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, child[i]), 0);
	}
	return end - start;
}

/* Make a thread of that component, dispatch it, and see it end. */
static void thread_once(uint64_t comp)
{
	uint64_t thd = thd_new(comp, 7, empty_entry, 0);

	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(OP(thd, COS_THD_SWITCH, 0, 0), -COS_EDEAD);
}

/* The page of the image that is mapped at a page of our text. */
static uint64_t text_page(uint64_t va)
{
	const char *base = (const char *)bootinfo->image_va;
	const struct image_first *image = (const void *)base;
	const struct image_segment *seg = (const void *)(base + image->segments);

	while (va < seg->vaddr || va - seg->vaddr >= seg->memory_bytes)
		seg++;
	return (seg->file_offset + va - seg->vaddr) / COS_PAGE_SIZE;
}

/*
 * Make a component: a capability table with a leaf, a page table with a page of text, and a thread
 * that runs in it. Retyping the pages is counted in.
 */
static void comp_once(void)
{
	struct domain d = {slot_new(), slot_new(), slot_new()};
	uint64_t text = (uint64_t)empty_entry & -(uint64_t)COS_PAGE_SIZE;

	EXPECT(OP(CT, COS_MK_CAPTBL, d.captbl, page_kernel()), 0);
	EXPECT(OP(d.captbl, COS_CAPTBL_EXTEND, 0, page_kernel()), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, d.pgtbl, page_kernel(), 4), 0);
	EXPECT(OP(CT, COS_MK_COMP, d.comp, page_kernel(), d.captbl, d.pgtbl, 41), 0);
	domain_map(&d, text, cos_mem(COS_BOOT_IMAGE, text_page(text)), COS_PG_READ | COS_PG_EXEC);
	thread_once(d.comp);
}

static void made(void)
{
	struct domain d;
	uint64_t start;

	domain_make(&d, 42);
	start = tsc();
	for (unsigned i = 0; i < MADE; i++)
		thread_once(d.comp);
	print("thread, made, run, ended        %ld\n",
	      (long)(tsc() - start) * 100 / MADE * ROUNDS / nops);
	start = tsc();
	for (unsigned i = 0; i < MADE; i++)
		comp_once();
	print("component, made, a thread run   %ld\n",
	      (long)(tsc() - start) * 100 / MADE * ROUNDS / nops);
}

_Noreturn void main(void)
{
	struct domain d;
	uint64_t empty, same, yield, wait, arcv, asnd, delegated;

	setup();
	domain_make(&d, 40);
	empty = sinv_new(d.comp, empty_entry, 1);
	same = sinv_new(COS_BOOT_COMP, empty_entry, 1);
	loop = bench_nothing(ROUNDS, 0);
	nops = bench_nops(ROUNDS, 0) - loop;
	cycles = option("cycles=", 0);
	print("ticks of 100 NOPs: %ld; %s of:\n", nops / ROUNDS, cycles ? "ticks" : "instructions");
	if (cycles)
		nops = 100 * ROUNDS;
	row("sinv + sret, empty             ", bench_call, COS_OP(empty, COS_SINV), 6);
	row("sinv + sret, same page table   ", bench_call, COS_OP(same, COS_SINV), 6);
	row("sinv + sret, with a stub       ", bench_stub, COS_OP(empty, COS_SINV), 22);
	delegated = slot_new();
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, delegated, CT, empty, COS_RIGHTS_ALL), 0);
	row("the same, by a delegated sinv  ", bench_stub, COS_OP(delegated, COS_SINV), 22);
	for (unsigned n = 0; n <= CHILDREN; n = n ? n * 25 : 1)
		print("remove, with %lu delegated %s       %ld\n", (uint64_t)n,
		      n < 10	? "  "
		      : n < 100 ? " "
				: "",
		      (long)(removal(empty, n) * 100 * ROUNDS) / nops);
	row("operation that is refused      ", bench_call, COS_OP(CT, COS_CAPTBL_REMOVE), 4);
	yield = thd_new(COS_BOOT_COMP, 3, yield_entry, COS_OP(COS_BOOT_THD, COS_THD_SWITCH));
	row("two thread switches            ", bench_call, COS_OP(yield, COS_THD_SWITCH), 9);
	yield = thd_new(d.comp, 5, yield_entry, COS_OP(9, COS_THD_SWITCH));
	EXPECT(OP(d.captbl, COS_CAPTBL_COPY, 9, CT, COS_BOOT_THD, COS_RIGHTS_ALL), 0);
	row("two, to another page table     ", bench_call, COS_OP(yield, COS_THD_SWITCH), 9);
	arcv = slot_new();
	asnd = slot_new();
	wait = thd_new(COS_BOOT_COMP, 4, wait_entry, COS_OP(arcv, COS_ARCV_WAIT));
	EXPECT(OP(CT, COS_MK_ARCV, arcv, wait), 0);
	EXPECT(OP(CT, COS_MK_ASND, asnd, arcv), 0);
	EXPECT(OP(wait, COS_THD_PRIO, 1), 0);
	EXPECT(OP(wait, COS_THD_SWITCH, 0, 0), 0);
	row("asnd, receiver runs, waits again", bench_call, COS_OP(asnd, COS_ASND), 8);
	asnd = stamp_thread();
	bench_to_stamp(10, COS_OP(asnd, COS_ASND));
	print("asnd one way                    %ld\n",
	      bench_to_stamp(ROUNDS, COS_OP(asnd, COS_ASND)) * 100 / nops);
	domain_map(&d, 0x50000000, page_new(COS_MEM_USER), COS_PG_READ | COS_PG_WRITE);
	bench_page[0] = 0x50001000;
	bench_page[1] = page_new(COS_MEM_USER);
	bench_page[2] = COS_PG_READ | COS_PG_WRITE;
	row("map + unmap of 4 KiB           ", bench_pages, COS_OP(d.pgtbl, COS_PGTBL_MAP), 12);
	made();
	print("interrupt to user level         %ld\n", interrupt() * 100 * ROUNDS / nops);
	print("END %lu failed\n", (uint64_t)test_failures);
	OP(COS_BOOT_HW, COS_HW_HALT, 0);
	__builtin_trap();
}
