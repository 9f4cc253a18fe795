/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attacks, complete by construction. A table lists the arguments of every operation by kind; each
 * kind has a good value and bad ones. Each operation is tried with each bad value of each argument
 * while the others are good. It must fail and change nothing: all pages that the objects are in
 * keep their type and their count of references (mem.h, M1, M4, M5; pgtbl.h, P4, P6; core.h, D1,
 * D5).
 *
 * An argument that is a capability is listed by its use, which says what right it needs. Each
 * capability of each operation, the operation's own too, is tried with all rights but that one.
 *
 * What the table does not list must be refused, whatever the arguments: operations 0 to 31 and some
 * beyond of every type of capability, and every operation on capabilities without rights, freed
 * ones, and ones that never were (captbl.h, C3, C7, C9).
 */
#include "cos/layout.h"
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define PAGES 32
#define RW (COS_PG_READ | COS_PG_WRITE)
#define VA_MAPPED 0x40000000UL
#define VA_FREE 0x40001000UL
#define VA_LINK 0x40200000UL
#define PORT 0x70

/* Types of capabilities, and kinds of arguments: a use of a capability, or a value. */
enum kind {
	CAPTBL,
	PGTBL,
	COMP,
	SINV,
	THD,
	ARCV,
	ASND,
	UNTYPED,
	DEVMEM,
	HW,
	IOPORT,
	TCAP,
	NTYPES,
	PGTBL1 = NTYPES, /* of level 1 */
	NCAPS,
	SOURCE = NCAPS, /* uses[] */
	INSERT,
	DOMAIN_CAPTBL,
	DOMAIN_PGTBL,
	SUBTREE,
	ENTRY,
	START,
	RECEIVE,
	ABOVE,
	NONE_OR_ABOVE,
	SEND,
	BIND,
	TARGET,
	CHARGE,
	NONE_OR_CHARGE,
	FILL,
	GIVE,
	KERNEL_PAGE,
	USER_PAGE,
	NUSES,
	ANY = NUSES, /* no value is bad */
	TICKS,
	SLOT,
	LEAF,
	OCCUPIED,
	LEVEL,
	LEVEL_LINKED,
	LEVEL_SUPER,
	TID,
	IP,
	LINK_VA,
	MAP_VA,
	MAPPED_VA,
	LINK_FLAGS,
	FLAGS,
	PAGE,
	COUNT,
	TYPE,
	TOKEN,
	GATE_NUMBER,
	CORE,
	WAIT,
	VECTOR,
	FIRST,
	LAST,
	PADDR,
	NPAGES,
	LENGTH,
	STATUS,
	EPOCH,
	APIC_ID,
	POSITION,
	PORT_NUMBER,
	BYTES,
};

/* Pages of the range that the attacks have; from OBJECTS on they hold objects. */
enum { FREE_KERNEL, FREE_USER, MAPPED, RAW, OBJECTS };

/* What type of capability a use needs, with what right. */
static const struct {
	enum kind type;
	unsigned right;
} uses[NUSES] = {
	[SOURCE] = {CAPTBL, COS_USE_SOURCE},
	[INSERT] = {CAPTBL, COS_USE_INSERT},
	[DOMAIN_CAPTBL] = {CAPTBL, COS_USE_DOMAIN},
	[DOMAIN_PGTBL] = {PGTBL, COS_USE_DOMAIN},
	[SUBTREE] = {PGTBL1, COS_USE_SUBTREE},
	[ENTRY] = {COMP, COS_USE_ENTRY},
	[START] = {COMP, COS_USE_START},
	[RECEIVE] = {THD, COS_USE_RECEIVE},
	[ABOVE] = {THD, COS_USE_ABOVE},
	[NONE_OR_ABOVE] = {THD, COS_USE_ABOVE},
	[SEND] = {ARCV, COS_USE_SEND},
	[BIND] = {ARCV, COS_USE_BIND},
	[TARGET] = {SINV, COS_USE_TARGET},
	[CHARGE] = {TCAP, COS_USE_CHARGE},
	[NONE_OR_CHARGE] = {TCAP, COS_USE_CHARGE},
	[FILL] = {TCAP, COS_USE_FILL},
	[GIVE] = {TCAP, COS_TCAP_TRANSFER},
	[KERNEL_PAGE] = {UNTYPED, COS_USE_OBJECT},
	[USER_PAGE] = {UNTYPED, COS_USE_MAP},
};

/* Operations and their arguments. Arguments beyond nargs are ignored by the operation. */
static const struct {
	enum kind type;
	unsigned op;
	unsigned nargs;
	enum kind kind[6];
} operations[] = {
	{CAPTBL, COS_CAPTBL_EXTEND, 2, {LEAF, KERNEL_PAGE}},
	{CAPTBL, COS_CAPTBL_COPY, 4, {SLOT, SOURCE, OCCUPIED, ANY}},
	{CAPTBL, COS_CAPTBL_DELEGATE, 4, {SLOT, SOURCE, OCCUPIED, ANY}},
	{CAPTBL, COS_CAPTBL_REMOVE, 1, {OCCUPIED}},
	{CAPTBL, COS_MK_CAPTBL, 2, {SLOT, KERNEL_PAGE}},
	{CAPTBL, COS_MK_PGTBL, 3, {SLOT, KERNEL_PAGE, LEVEL}},
	{CAPTBL, COS_MK_COMP, 5, {SLOT, KERNEL_PAGE, DOMAIN_CAPTBL, DOMAIN_PGTBL, ANY}},
	{CAPTBL, COS_MK_THD, 6, {SLOT, KERNEL_PAGE, START, TID, IP, ANY}},
	{CAPTBL, COS_MK_SINV, 4, {SLOT, ENTRY, IP, ANY}},
	{CAPTBL, COS_MK_ARCV, 2, {SLOT, RECEIVE}},
	{CAPTBL, COS_MK_ASND, 2, {SLOT, SEND}},
	{CAPTBL, COS_MK_TCAP, 3, {SLOT, KERNEL_PAGE, ANY}},
	{PGTBL, COS_PGTBL_LINK, 3, {LINK_VA, SUBTREE, LINK_FLAGS}},
	{PGTBL, COS_PGTBL_UNLINK, 2, {MAPPED_VA, LEVEL_LINKED}},
	{PGTBL, COS_PGTBL_MAP, 3, {MAP_VA, USER_PAGE, FLAGS}},
	{PGTBL, COS_PGTBL_UNMAP, 1, {MAPPED_VA}},
	{PGTBL, COS_PGTBL_PROTECT, 2, {MAPPED_VA, FLAGS}},
	{PGTBL, COS_PGTBL_LOOKUP, 1, {MAPPED_VA}},
	{COMP, COS_COMP_SET_GATE, 1, {TARGET}},
	{COMP, COS_COMP_SET_PAGER, 1, {TARGET}},
	{COMP, COS_COMP_SET_HANDLER, 1, {TARGET}},
	{COMP, COS_COMP_STOP, 0, {0}},
	{COMP, COS_COMP_START, 0, {0}},
	{SINV, COS_SINV, 0, {0}},
	{THD, COS_THD_SWITCH, 2, {ANY, TOKEN}},
	{THD, COS_THD_PRIO, 1, {ANY}},
	{THD, COS_THD_GATE, 1, {GATE_NUMBER}},
	{THD, COS_THD_MOVE, 1, {CORE}},
	{THD, COS_THD_RUN, 3, {ANY, TOKEN, CHARGE}},
	{THD, COS_THD_SCHED, 2, {NONE_OR_ABOVE, NONE_OR_CHARGE}},
	{ARCV, COS_ARCV_WAIT, 1, {WAIT}},
	{ARCV, COS_SCHED_EVENT, 0, {0}},
	{ASND, COS_ASND, 0, {0}},
	{ASND, COS_ASND_TIME, 2, {GIVE, TICKS}},
	{UNTYPED, COS_MEM_RETYPE, 3, {PAGE, COUNT, TYPE}},
	{UNTYPED, COS_MEM_SPLIT, 4, {INSERT, SLOT, PAGE, COUNT}},
	{UNTYPED, COS_MEM_PADDR, 1, {PAGE}},
	{UNTYPED, COS_MEM_JOIN, 2, {PAGE, LEVEL_SUPER}},
	{UNTYPED, COS_MEM_CUT, 1, {PAGE}},
	{DEVMEM, COS_MEM_JOIN, 0, {0}},
	{DEVMEM, COS_MEM_CUT, 0, {0}},
	{DEVMEM, COS_MEM_RETYPE, 0, {0}},
	{DEVMEM, COS_MEM_SPLIT, 4, {INSERT, SLOT, PAGE, COUNT}},
	{DEVMEM, COS_MEM_PADDR, 1, {PAGE}},
	{HW, COS_HW_SCHED, 2, {ABOVE, BIND}},
	{HW, COS_HW_IDLE, 2, {ANY, TOKEN}},
	{HW, COS_HW_IRQ_BIND, 1, {BIND}},
	{HW, COS_HW_IRQ_FREE, 1, {VECTOR}},
	{HW, COS_HW_IOPORT, 4, {INSERT, SLOT, FIRST, LAST}},
	{HW, COS_HW_DEVMEM, 4, {INSERT, SLOT, PADDR, NPAGES}},
	{HW, COS_HW_LOG, 1, {LENGTH}},
	{HW, COS_HW_HALT, 1, {STATUS}},
	{HW, COS_HW_QUIESCE, 1, {EPOCH}},
	{HW, COS_HW_TIME, 2, {FILL, TICKS}},
	{HW, COS_HW_CORE_INIT, 2, {APIC_ID, KERNEL_PAGE}},
	{HW, COS_HW_CORE_STARTUP, 1, {ANY}},
	{HW, COS_HW_LOG_READ, 1, {POSITION}},
	{HW, COS_HW_LOG_BIND, 1, {BIND}},
	{IOPORT, COS_PORT_IN, 2, {PORT_NUMBER, BYTES}},
	{IOPORT, COS_PORT_OUT, 3, {PORT_NUMBER, BYTES, ANY}},
	{TCAP, COS_TCAP_TRANSFER, 2, {FILL, TICKS}},
	{TCAP, COS_TCAP_BUDGET, 0, {0}},
};
#define NOPERATIONS (sizeof(operations) / sizeof(operations[0]))

static uint64_t part, cap[NCAPS], without[NCAPS], lesser, free_slot, freed_slot, other_thd;
static unsigned tried;

static uint64_t part_page(unsigned page)
{
	return cos_mem(part, page);
}

static long call(uint64_t c, unsigned op, const uint64_t *arg)
{
	struct sys s = {COS_OP(c, op), {arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]}};

	tried++;
	return sys(&s);
}

static uint64_t good(enum kind kind)
{
	switch (kind) {
	case NONE_OR_ABOVE:
		return 0;
	case SLOT:
		return free_slot;
	case LEAF:
		return 5000;
	case OCCUPIED:
		return cap[CAPTBL];
	case KERNEL_PAGE:
		return part_page(FREE_KERNEL);
	case USER_PAGE:
		return part_page(FREE_USER);
	case LEVEL:
		return 1;
	case LEVEL_LINKED:
	case LEVEL_SUPER:
		return 2;
	case IP:
		return 0x1000;
	case LINK_VA:
		return VA_LINK;
	case MAP_VA:
		return VA_FREE;
	case MAPPED_VA:
		return VA_MAPPED;
	case LINK_FLAGS:
	case FLAGS:
		return RW;
	case COUNT:
	case NPAGES:
	case BYTES:
		return 1;
	case FIRST:
	case LAST:
	case PORT_NUMBER:
		return PORT;
	case APIC_ID:
		return 0x77;
	case VECTOR:
		return 0x30;
	case PADDR:
		return 0xfec00000;
	default:
		return kind < NUSES ? cap[uses[kind].type] : 0;
	}
}

#define VALUES(...)                                             \
	do {                                                    \
		static const uint64_t values[] = {__VA_ARGS__}; \
		if (i >= sizeof(values) / sizeof(values[0]))    \
			return false;                           \
		*value = values[i];                             \
		return true;                                    \
	} while (0)
#define TOP (1UL << 47)
#define KERNEL_VA 0xffffffff80100000UL, 0xffff800000000000UL
#define BIG 1UL << 40, 1UL << 63, UINT64_MAX

/* Capabilities that are not of the type: all others, freed, never there. */
static bool bad_cap(enum kind type, unsigned i, uint64_t *value)
{
	const uint64_t more[] = {
		1, 2, 7, freed_slot, 5000, COS_CAPTBL_MAX, BIG, COS_CAPTBL_MAX - 1};

	if (i < NCAPS) {
		/* PGTBL1, a page table of level 1, is bad where one of level 4 is needed. */
		*value = i == type ? freed_slot : cap[i];
		return true;
	}
	if (i - NCAPS >= sizeof(more) / sizeof(more[0]))
		return false;
	*value = more[i - NCAPS];
	return true;
}

static bool bad_slot(unsigned i, uint64_t *value)
{
	const uint64_t more[] = {0, 1, 7, cap[CAPTBL], 5000, COS_CAPTBL_MAX, BIG};

	if (i >= sizeof(more) / sizeof(more[0]))
		return false;
	*value = more[i];
	return true;
}

static bool bad_page(enum kind kind, unsigned i, uint64_t *value)
{
	const uint64_t more[] = {
		part_page(RAW),
		part_page(kind == KERNEL_PAGE ? FREE_USER : FREE_KERNEL),
		part_page(kind == KERNEL_PAGE ? MAPPED : OBJECTS),
		part_page(OBJECTS),
		part_page(OBJECTS + 1),
		part_page(PAGES),
		part_page(UINT32_MAX),
		cos_mem(0, 0),
		cos_mem(cap[CAPTBL], 0),
		cos_mem(cap[HW], 0),
		cos_mem(cap[IOPORT], 0),
		cos_mem(freed_slot, 0),
		cos_mem(5000, 0),
		cos_mem(COS_BOOT_IMAGE, 1UL << 39),
		UINT64_MAX,
		1UL << 63,
	};

	if (i >= sizeof(more) / sizeof(more[0]))
		return false;
	*value = more[i];
	return true;
}

static bool bad(enum kind kind, unsigned i, uint64_t *value)
{
	switch (kind) {
	case TICKS:
		VALUES(1UL << 63, UINT64_MAX);
	case SLOT:
		return bad_slot(i, value);
	case LEAF:
		VALUES(0, 128, COS_CAPTBL_MAX, BIG);
	case OCCUPIED:
		VALUES(0, 7, 5000, 4001, COS_CAPTBL_MAX, BIG);
	case KERNEL_PAGE:
	case USER_PAGE:
		return bad_page(kind, i, value);
	case LEVEL:
		VALUES(0, 5, 256, 257, BIG);
	case LEVEL_LINKED:
		VALUES(0, 1, 5, 256, 258, BIG);
	case LEVEL_SUPER:
		VALUES(0, 1, 4, 256, 258, BIG);
	case TID:
		VALUES(COS_THD_MAX, BIG);
	case IP:
		VALUES(TOP - 4096, TOP, KERNEL_VA, 1UL << 63, UINT64_MAX);
	case LINK_VA:
		VALUES(VA_LINK + 4096, VA_LINK + 1, VA_MAPPED, TOP, KERNEL_VA, 1UL << 63,
		       UINT64_MAX, 1UL << 39, 1UL << 30);
	case MAP_VA:
		VALUES(VA_FREE + 1, VA_MAPPED, VA_LINK, TOP - 4096, TOP, KERNEL_VA, BIG);
	case MAPPED_VA:
		VALUES(VA_MAPPED + 1, VA_LINK, TOP - 4096, TOP, KERNEL_VA, BIG);
	case LINK_FLAGS:
		VALUES(0, COS_PG_WRITE, 16, 17, 256, BIG);
	case FLAGS:
		VALUES(0, COS_PG_WRITE, RW | COS_PG_EXEC, 16, 17, 256, BIG);
	case PAGE:
		VALUES(PAGES, UINT32_MAX, BIG);
	case COUNT:
		VALUES(0, PAGES + 1, UINT32_MAX, BIG);
	case TYPE:
		VALUES(COS_MEM_DEVICE, 4, 256, BIG);
	case TOKEN:
		VALUES(UINT64_MAX);
	case GATE_NUMBER:
		VALUES(1 << 16, BIG);
	case CORE:
		VALUES(256, 1UL << 32, BIG);
	case WAIT:
		VALUES(2, 3, 256, BIG);
	case VECTOR:
		VALUES(0, 13, 0x2f, 0x30, 0xf0, 0xff, 0x130, BIG);
	case FIRST:
		VALUES(PORT + 1, 0x10000, BIG);
	case LAST:
		VALUES(PORT - 1, 0x10000, BIG);
	case PADDR:
		VALUES(1, 0xfee00000, 0x100000, 0x2000000, 1UL << 52, 1UL << 63, UINT64_MAX,
		       -4096UL);
	case NPAGES:
		VALUES(0, 1UL << 40, 1UL << 51, 1UL << 52, 1UL << 63, UINT64_MAX);
	case LENGTH:
		VALUES(33, 256, BIG);
	case STATUS:
		VALUES(COS_HALT_PANIC, 128, 256, BIG);
	case EPOCH:
		VALUES(BIG);
	case APIC_ID:
		VALUES(0, 1UL << 32, UINT32_MAX, BIG);
	case POSITION:
		VALUES(1UL << 32, BIG);
	case PORT_NUMBER:
		VALUES(PORT - 1, PORT + 2, 0, 0xffff, 0x10000 + PORT, BIG);
	case BYTES:
		VALUES(0, 3, 5, 8, 256, BIG);
	default:
		return kind < NUSES && bad_cap(uses[kind].type, i, value);
	}
}

/* Type and references of all the pages that the objects are in. */
static uint64_t state_hash(void)
{
	uint64_t hash = 0;

	for (unsigned i = 0; i < PAGES; i++) {
		struct sys s = {COS_OP(part, COS_MEM_PADDR), {i}};

		EXPECT(sys(&s), 0);
		hash = hash * 31 + s.arg[1] * 7 + s.arg[2];
	}
	return hash;
}

static bool listed(enum kind type, unsigned op)
{
	for (unsigned i = 0; i < NOPERATIONS; i++)
		if (operations[i].type == type && operations[i].op == op)
			return true;
	return false;
}

static void attack_fail(enum kind type, unsigned op, const uint64_t *arg, long status)
{
	test_failures++;
	print("type %d operation %d (%lx, %lx, %lx, ", (int)type, (int)op, arg[0], arg[1], arg[2]);
	print("%lx, %lx, %lx): %ld\n", arg[3], arg[4], arg[5], status);
}

/* Objects in pages of their own, a capability of each type. */
static void attacks_setup(void)
{
	uint64_t npages = bootinfo->range[0].npages, l3 = slot_new(), l2 = slot_new();
	unsigned page = OBJECTS, all = RW | COS_PG_EXEC;

	part = slot_new();
	for (unsigned i = 0; i < NCAPS; i++)
		cap[i] = slot_new();
	cap[UNTYPED] = part;
	other_thd = slot_new();
	EXPECT(OP(COS_BOOT_UNTYPED, COS_MEM_SPLIT, CT, part, npages - 2048, PAGES), 0);
	pages_retype(part, 0, PAGES, COS_MEM_KERNEL);
	EXPECT(OP(part, COS_MEM_RETYPE, FREE_USER, 2, COS_MEM_USER), 0);
	EXPECT(OP(part, COS_MEM_RETYPE, RAW, 1, COS_MEM_UNTYPED), 0);
	EXPECT(OP(CT, COS_MK_CAPTBL, cap[CAPTBL], part_page(page++)), 0);
	EXPECT(OP(cap[CAPTBL], COS_CAPTBL_EXTEND, 0, part_page(page++)), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, cap[PGTBL], part_page(page++), 4), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, l3, part_page(page++), 3), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, l2, part_page(page++), 2), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, cap[PGTBL1], part_page(page++), 1), 0);
	EXPECT(OP(cap[PGTBL], COS_PGTBL_LINK, 0, l3, all), 0);
	EXPECT(OP(cap[PGTBL], COS_PGTBL_LINK, 0x40000000, l2, all), 0);
	EXPECT(OP(cap[PGTBL], COS_PGTBL_LINK, 0x40000000, cap[PGTBL1], all), 0);
	EXPECT(OP(cap[PGTBL], COS_PGTBL_MAP, VA_MAPPED, part_page(MAPPED), RW), 0);
	EXPECT(OP(CT, COS_MK_COMP, cap[COMP], part_page(page++), cap[CAPTBL], cap[PGTBL], 50), 0);
	EXPECT(OP(CT, COS_MK_SINV, cap[SINV], cap[COMP], 0x1000, 1), 0);
	EXPECT(OP(CT, COS_MK_THD, cap[THD], part_page(page++), cap[COMP], 12, 0x1000, 0), 0);
	EXPECT(OP(CT, COS_MK_ARCV, cap[ARCV], cap[THD]), 0);
	EXPECT(OP(CT, COS_MK_ASND, cap[ASND], cap[ARCV]), 0);
	EXPECT(OP(CT, COS_MK_TCAP, cap[TCAP], part_page(page++), 20), 0);
	EXPECT(OP(COS_BOOT_HW, COS_HW_DEVMEM, CT, cap[DEVMEM], 0xfec00000, 1), 0);
	EXPECT(OP(CT, COS_CAPTBL_COPY, cap[HW], CT, COS_BOOT_HW, COS_RIGHTS_ALL), 0);
	EXPECT(OP(COS_BOOT_HW, COS_HW_IOPORT, CT, cap[IOPORT], PORT, PORT + 1), 0);
	lesser = slot_new();
	EXPECT(OP(CT, COS_CAPTBL_COPY, lesser, CT, COS_BOOT_HW, 0), 0);
	free_slot = slot_new();
	freed_slot = slot_new();
	EXPECT(OP(CT, COS_CAPTBL_COPY, freed_slot, CT, cap[THD], COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, freed_slot), 0);
	for (unsigned i = 0; i < NCAPS; i++) {
		without[i] = slot_new();
		EXPECT(OP(CT, COS_CAPTBL_COPY, without[i], CT, cap[i], 0), 0);
	}
}

/* One bad argument, the others good. */
static void attack_argument(unsigned n, unsigned which)
{
	enum kind kind = operations[n].kind[which];
	uint64_t c = operations[n].type == CAPTBL ? CT : cap[operations[n].type];
	uint64_t before = state_hash();

	for (unsigned i = 0;; i++) {
		uint64_t arg[6] = {0};
		long status;

		for (unsigned a = 0; a < operations[n].nargs; a++)
			arg[a] = good(operations[n].kind[a]);
		if (!bad(kind, i, &arg[which]))
			break;
		status = call(c, operations[n].op, arg);
		if (status >= 0 || status < -COS_ECORE || status == -COS_ENOSYS)
			attack_fail(operations[n].type, operations[n].op, arg, status);
	}
	if (state_hash() != before)
		attack_fail(operations[n].type, operations[n].op, (uint64_t[6]){which}, 0);
}

/* A copy of the capability with all rights but that one. */
static uint64_t all_but(enum kind type, unsigned right)
{
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, lesser), 0);
	EXPECT(OP(CT, COS_CAPTBL_COPY, lesser, CT, cap[type], COS_RIGHTS_ALL & ~(1U << right)), 0);
	return lesser;
}

/* The operation lacks one right, of its own capability or of one that is an argument. */
static void attack_rights(unsigned n)
{
	uint64_t arg[6] = {0}, before = state_hash();
	long status;

	for (unsigned a = 0; a < operations[n].nargs; a++)
		arg[a] = good(operations[n].kind[a]);
	for (unsigned a = 0; a < operations[n].nargs; a++) {
		enum kind kind = operations[n].kind[a];
		uint64_t was = arg[a];

		EXPECT(kind >= NCAPS, true);
		if (kind >= NUSES)
			continue;
		arg[a] = all_but(uses[kind].type, uses[kind].right);
		if (kind == KERNEL_PAGE || kind == USER_PAGE)
			arg[a] = cos_mem(arg[a], was & UINT32_MAX);
		status = call(operations[n].type == CAPTBL ? CT : cap[operations[n].type],
			      operations[n].op, arg);
		if (status != -COS_EPERM)
			attack_fail(operations[n].type, operations[n].op, arg, status);
		arg[a] = was;
	}
	status = call(all_but(operations[n].type, operations[n].op), operations[n].op, arg);
	if (status != -COS_EPERM)
		attack_fail(operations[n].type, operations[n].op, arg, status);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, lesser), 0);
	EXPECT(OP(CT, COS_CAPTBL_COPY, lesser, CT, COS_BOOT_HW, 0), 0);
	EXPECT(state_hash(), before);
}

static const uint64_t any[] = {
	0, 1, 8, 64, 4096, VA_MAPPED, TOP, 0xffff800000000000, 1UL << 40, 1UL << 63, UINT64_MAX,
};

/* Operations that the table does not list are refused, whatever the arguments. */
static void attack_numbers(enum kind type, uint64_t c, long expected, bool also_listed)
{
	static const unsigned more[] = {32, 33, 63, 64, 255, 256, 0x8000, 0xffff};
	unsigned nmore = sizeof(more) / sizeof(more[0]);

	for (unsigned i = 0; i < 32 + nmore; i++) {
		unsigned op = i < 32 ? i : more[i - 32];

		if (listed(type, op) && !also_listed)
			continue;
		for (unsigned a = 0; a < sizeof(any) / sizeof(any[0]); a++) {
			const uint64_t arg[6] = {any[a], any[a], any[a], any[a], any[a], any[a]};
			long want = expected == -COS_EPERM && op >= 32 ? -COS_ENOSYS : expected;
			long status = call(c, op, arg);

			if (status != want)
				attack_fail(type, op, arg, status);
		}
	}
}

/* D1: a thread of another core is refused. */
static void attack_core(void)
{
	uint64_t page = page_kernel();

	if (cores_used() == 1)
		return;
	EXPECT(OP(CT, COS_MK_THD, other_thd, page, COS_BOOT_COMP, 13, 0x1000, 0), 0);
	EXPECT(OP(other_thd, COS_THD_MOVE, 1), 0);
	EXPECT(OP(other_thd, COS_THD_SWITCH, 0, 0), -COS_ECORE);
	EXPECT(OP(other_thd, COS_THD_GATE, 1), -COS_ECORE);
	EXPECT(OP(other_thd, COS_THD_MOVE, 0), -COS_ECORE);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, other_thd), -COS_ECORE);
	EXPECT(OP(COS_BOOT_UNTYPED, COS_MEM_RETYPE, page & 0xffffff, 1, COS_MEM_USER), -COS_EBUSY);
}

void test_attacks(void)
{
	uint64_t before;

	attacks_setup();
	before = state_hash();
	tried = 0;
	for (unsigned n = 0; n < NOPERATIONS; n++) {
		for (unsigned a = 0; a < operations[n].nargs; a++)
			attack_argument(n, a);
		attack_rights(n);
	}
	for (unsigned type = 0; type < NTYPES; type++) {
		attack_numbers(type, cap[type], -COS_ENOSYS, false);
		attack_numbers(type, without[type], -COS_EPERM, true);
		attack_numbers(type, freed_slot, -COS_ECAP, true);
		attack_numbers(type, 5000, -COS_ECAP, true);
		attack_numbers(type, COS_CAPTBL_MAX, -COS_ECAP, true);
		attack_numbers(type, 3, -COS_ECAP, true);
	}
	EXPECT(state_hash(), before);
	attack_core();
	print("attacks: %lu tried\n", (uint64_t)tried);
}
