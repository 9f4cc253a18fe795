/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts that a device chooses: every vector, by every delivery mode that does not reset the
 * core (apic.h). While a core is idle and while it is in user level, with a gs and a stack pointer
 * that an attacker would like the kernel to take for its own. No interrupt may become an
 * exception, change flags, or stop what comes after.
 *
 * Two devices send: the timer (Intel 8254) by an entry of the I/O interrupt controller, and QEMU's
 * edu by a message of its own (PCI 3.0, 6.8.1). Where there is no edu, as in Bochs, edu=0 says so.
 */
#include "test.h"

#define CT COS_BOOT_CAPTBL
#define HW COS_BOOT_HW
#define RW (COS_PG_READ | COS_PG_WRITE)
#define MS (TSC_HZ / 1000)
#define VECTORS 256
#define GS_WANTED 0xffff9000deadb000UL /* a kernel address that nothing is mapped at */
#define FLAGS_FORBIDDEN 0x3000	       /* IOPL */

/* Delivery modes (SDM 3A, 10.11.2) but SMI and INIT: fixed, lowest priority, NMI, ExtINT, none. */
static const uint32_t modes[] = {0, 1, 4, 7, 3, 6};
#define NMODES (sizeof(modes) / sizeof(modes[0]))

#define IOAPIC_PADDR 0xfec00000
#define IOAPIC_VA 0x50000000
#define IOAPIC_DATA (0x10 / 4)
#define PIN 2 /* where a PC has the timer (ACPI 6.4, 5.2.12.5) */
#define ENTRY_LOW (0x10 + 2 * PIN)
#define ENTRY_MASKED 0x10000
#define TIMER_DATA 0x40
#define TIMER_CONTROL 0x43
#define TIMER_ONCE 0x30 /* counter 0, two bytes, mode 0 */
#define TIMER_COUNT 60	/* 50 us */

#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define PCI_SLOTS 32
#define PCI_COMMAND 4
#define PCI_COMMAND_MEM_MASTER 6
#define PCI_BAR0 0x10
#define PCI_CAPABILITIES 0x34
#define PCI_CAP_MSI 5
#define MSI_ENABLE 0x10000
#define EDU_ID 0x11e81234
#define EDU_VA 0x50200000
#define EDU_RAISE 0x60
#define EDU_LOWER 0x64
#define MESSAGE_ADDRESS(apic_id) (0xfee00000 | (uint32_t)(apic_id) << 12)
#define ALL_CORES 0xff
#define MESSAGE_MODE(mode) ((mode) << 8)
#define MESSAGE_ASSERTED 0x4000
#define MESSAGE_LEVEL 0x8000

extern char message_entry[];

static uint64_t ports;
static volatile uint32_t *ioapic;
static uint32_t edu_slot, edu_msi;
static struct domain attacker;
static uint64_t attack;
static uint32_t attack_apic_id;
static uint32_t bound; /* the one vector that is ours */
static _Atomic uint64_t flags_seen;

static void port_set(uint64_t port, uint64_t bytes, uint64_t value)
{
	EXPECT(OP(ports, COS_PORT_OUT, port, bytes, value), 0);
}

static uint32_t pci_read(uint32_t slot, uint32_t reg)
{
	struct sys s = {COS_OP(ports, COS_PORT_IN), {PCI_DATA, 4}};

	port_set(PCI_ADDRESS, 4, 1u << 31 | slot << 11 | reg);
	EXPECT(sys(&s), 0);
	return (uint32_t)s.arg[0];
}

static void pci_write(uint32_t slot, uint32_t reg, uint32_t value)
{
	port_set(PCI_ADDRESS, 4, 1u << 31 | slot << 11 | reg);
	port_set(PCI_DATA, 4, value);
}

static void device_map(const struct domain *d, uint64_t va, uint64_t paddr)
{
	uint64_t dev = slot_new();

	EXPECT(OP(HW, COS_HW_DEVMEM, CT, dev, paddr, 1), 0);
	domain_map(d, va, cos_mem(dev, 0), RW | COS_PG_NOCACHE);
}

static void ioapic_set(uint32_t reg, uint32_t value)
{
	ioapic[0] = reg;
	ioapic[IOAPIC_DATA] = value;
}

/* Send by the timer, once, from now on within some milliseconds. */
static void timer_send(uint32_t mode, uint32_t vector)
{
	ioapic_set(ENTRY_LOW, ENTRY_MASKED);
	ioapic_set(ENTRY_LOW + 1, 0);
	port_set(TIMER_CONTROL, 1, TIMER_ONCE);
	ioapic_set(ENTRY_LOW, mode << 8 | vector);
	port_set(TIMER_DATA, 1, TIMER_COUNT);
	port_set(TIMER_DATA, 1, 0);
}

/* How many interrupts with our vector came since the last call. */
static long came(void)
{
	return op_once(sched_arcv, COS_ARCV_WAIT, COS_ARCV_POLL, 0);
}

/* That the device does send, or all else would show nothing. */
static void timer_reaches_us(void)
{
	uint64_t start = tsc();

	core_events(0);
	timer_send(0, bound);
	while (tsc() - start < AGAIN_S * TSC_HZ && came() == 0)
		op_once(HW, COS_HW_IDLE, tsc() + MS, 0);
	EXPECT(tsc() - start < AGAIN_S * TSC_HZ, true);
}

/* Our core is idle when the interrupt comes. */
static void timer_attack(void)
{
	__asm__ volatile("wrgsbase %0" : : "r"(GS_WANTED));
	for (unsigned m = 0; m < NMODES; m++)
		for (uint32_t vector = 0; vector < VECTORS; vector++) {
			timer_send(modes[m], vector);
			core_events(0);
			EXPECT(op_once(HW, COS_HW_IDLE, tsc() + MS / 2, 0), 0);
		}
	ioapic_set(ENTRY_LOW, ENTRY_MASKED);
	__asm__ volatile("wrgsbase %0" : : "r"(0UL));
}

/* A component that spins with the stack pointer for flags, until the interrupt has come. */
static void timer_attack_user(void)
{
	for (unsigned m = 0; m < NMODES; m++)
		for (uint32_t vector = 0; vector < VECTORS; vector++) {
			struct sys s = {COS_OP(attack, COS_SINV), {0, GS_WANTED}};

			timer_send(modes[m], vector);
			EXPECT(sys(&s), 0);
			flags_seen |= s.arg[0];
		}
	ioapic_set(ENTRY_LOW, ENTRY_MASKED);
}

static bool edu_find(void)
{
	uint32_t at;

	for (edu_slot = 0; edu_slot < PCI_SLOTS; edu_slot++)
		if (pci_read(edu_slot, 0) == EDU_ID)
			break;
	if (edu_slot == PCI_SLOTS)
		return false;
	for (at = pci_read(edu_slot, PCI_CAPABILITIES) & 0xff; at; at = edu_msi >> 8 & 0xff) {
		edu_msi = pci_read(edu_slot, at);
		if ((edu_msi & 0xff) == PCI_CAP_MSI)
			break;
	}
	edu_msi = at;
	pci_write(edu_slot, at, pci_read(edu_slot, at) | MSI_ENABLE);
	pci_write(edu_slot, PCI_COMMAND, PCI_COMMAND_MEM_MASTER);
	device_map(&attacker, EDU_VA, pci_read(edu_slot, PCI_BAR0) & ~0xfffu);
	return at != 0;
}

/* The component makes the device send while it spins. */
static void message_send(uint32_t apic_id, uint32_t data)
{
	struct sys s = {COS_OP(attack, COS_SINV), {EDU_VA, GS_WANTED}};

	pci_write(edu_slot, edu_msi + 4, MESSAGE_ADDRESS(apic_id));
	pci_write(edu_slot, edu_msi + 8, 0);
	pci_write(edu_slot, edu_msi + 12, data);
	EXPECT(sys(&s), 0);
	flags_seen |= s.arg[0];
}

/* To that core from this one, which may be the same. */
static void message_attack(unsigned core)
{
	static const uint32_t triggers[] = {0, MESSAGE_ASSERTED | MESSAGE_LEVEL};

	(void)core;
	for (unsigned t = 0; t < 2; t++)
		for (unsigned m = 0; m < NMODES; m++)
			for (uint32_t vector = 0; vector < VECTORS; vector++)
				message_send(attack_apic_id,
					     MESSAGE_MODE(modes[m]) | triggers[t] | vector);
}

/* Every core goes on: a thread that computes is preempted, and the others are interrupted. */
static void still_works(void)
{
	uint64_t thd = thd_new(COS_BOOT_COMP, 7, spin_entry, (uint64_t)&shared->spins);
	struct sys epoch = {COS_OP(HW, COS_HW_QUIESCE), {0}};

	EXPECT(OP(thd, COS_THD_SWITCH, tsc() + 2 * MS, 0), 0);
	EXPECT(events_of(7), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, thd), 0);
	sys(&epoch);
	EXPECT(OP(HW, COS_HW_QUIESCE, epoch.arg[0]), 0);
	EXPECT(shared->faults[1], 0);
	EXPECT(flags_seen & FLAGS_FORBIDDEN, 0);
	EXPECT(flags_seen & 2, 2);
}

static void messages(void)
{
	EXPECT(edu_find(), true);
	core_events(0);
	message_send(0, bound);
	EXPECT(came(), 1);
	message_attack(0);
	EXPECT(came() > 0, true);
	still_works();
	/* All cores at once; then from another core to ours, which idles. */
	attack_apic_id = ALL_CORES;
	message_attack(0);
	still_works();
	attack_apic_id = 0;
	if (cores_used() > 1) {
		core_run(1, message_attack);
		cores_wait();
		still_works();
	}
}

void test_interrupts(void)
{
	const struct domain self = {CT, COS_BOOT_PGTBL, COS_BOOT_COMP};
	struct sys s;

	ports = slot_new();
	EXPECT(OP(HW, COS_HW_IOPORT, CT, ports, 0, 0xffff), 0);
	device_map(&self, IOAPIC_VA, IOAPIC_PADDR);
	ioapic = (volatile uint32_t *)IOAPIC_VA;
	domain_make(&attacker, 27);
	attack = sinv_new(attacker.comp, message_entry, 0);
	EXPECT(OP(attacker.comp, COS_COMP_SET_HANDLER, sinv_new(COS_BOOT_COMP, handler_entry, 1)),
	       0);
	shared->faults[1] = shared->answer[1] = shared->fault_skip = 0;
	s = (struct sys){COS_OP(HW, COS_HW_IRQ_BIND), {sched_arcv}};
	EXPECT(sys(&s), 0);
	bound = (uint32_t)s.arg[0];
	timer_reaches_us();
	timer_attack();
	timer_attack_user();
	still_works();
	if (option("edu=", 1))
		messages();
	EXPECT(OP(HW, COS_HW_IRQ_FREE, bound), 0);
}
