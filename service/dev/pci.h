/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI bus as dev finds it (PCI Local Bus 3.0; PCI-to-PCI Bridge 1.2): functions behind bridges;
 * the sizes of their BARs, and addresses for those memory BARs that firmware gave none; MSI-X
 * tables. It reaches the hardware only through struct pci_conf, so a test can be the hardware.
 *
 * Numbers of buses are the firmware's. A bridge whose secondary bus has no number, or one that was
 * seen already, is listed, and what is behind it is not. All of it is built once, before the first
 * call of a component.
 */
#ifndef SERVICE_DEV_PCI_H
#define SERVICE_DEV_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bus, device, function in one number, as configuration mechanism 1 has it (PCI 3.0, 3.2.2.3.2). */
#define PCI_BDF(bus, dev, fun) ((uint16_t)((bus) << 8 | (dev) << 3 | (fun)))
#define PCI_BDF_BUS(bdf) ((unsigned)(bdf) >> 8)

#define PCI_CONF_SIZE 256
#define PCI_REG_ID 0x00
#define PCI_REG_COMMAND 0x04
#define PCI_REG_STATUS 0x06
#define PCI_REG_HEADER 0x0e
#define PCI_REG_BAR(n) (0x10 + 4 * (n))
#define PCI_REG_ROM 0x30
#define PCI_REG_CAPABILITIES 0x34
#define PCI_REG_LINE 0x3c
#define PCI_REG_PIN 0x3d
#define PCI_REG_BRIDGE_SECONDARY 0x19
#define PCI_REG_BRIDGE_MEM_BASE 0x20
#define PCI_REG_BRIDGE_MEM_LIMIT 0x22

#define PCI_COMMAND_IO (1 << 0)
#define PCI_COMMAND_MEM (1 << 1)
#define PCI_COMMAND_MASTER (1 << 2)
#define PCI_COMMAND_NO_INTX (1 << 10)
#define PCI_STATUS_CAPABILITIES (1 << 4)

#define PCI_CAP_MSI 0x05
#define PCI_CAP_MSIX 0x11
/* MSI-X capability (PCI 3.0, 6.8.2.3). */
#define PCI_MSIX_CONTROL 2
#define PCI_MSIX_TABLE 4
#define PCI_MSIX_CONTROL_ENABLE (1 << 15)
#define PCI_MSIX_CONTROL_MASK (1 << 14)
#define PCI_MSIX_CONTROL_SIZE 0x7ff

#define PCI_NBARS 6

struct pci_conf {
	uint32_t (*read)(void *arg, uint16_t bdf, unsigned reg, unsigned width_bytes);
	void (*write)(void *arg, uint16_t bdf, unsigned reg, unsigned width_bytes, uint32_t value);
	void *arg;
};

enum pci_bar_kind { PCI_BAR_NONE, PCI_BAR_MEM32, PCI_BAR_MEM64, PCI_BAR_IO, PCI_BAR_UPPER };

struct pci_bar {
	enum pci_bar_kind kind; /* UPPER: the high half of the 64-bit BAR before it */
	uint64_t base;		/* 0: firmware gave no address, and none was free */
	uint64_t len_bytes;
	bool sizing;	     /* its owner wrote ones, and reads the length next */
	long mapped_at;	     /* in its owner's domain, 0: not yet */
	uint64_t mapped_len; /* dev.c */
};

struct pci_device {
	struct pci_device *next;	 /* in the order of bdf */
	const struct pci_device *bridge; /* what it is behind, NULL: a root bus */
	uint16_t bdf;
	uint16_t vendor;
	uint16_t device;
	bool is_bridge;
	uint8_t msi;  /* offset of the MSI capability, 0: none */
	uint8_t msix; /* likewise */
	uint8_t msix_bar;
	uint16_t msix_count;
	uint32_t msix_offset;  /* of the table in its BAR */
	uint64_t window_start; /* bridge: memory it forwards, [start, end); empty: none */
	uint64_t window_end;
	struct pci_bar bar[PCI_NBARS];
	long owner;		       /* component id, 0: none */
	bool stopped;		       /* the owner was stopped: the device is not used any more */
	unsigned faults;	       /* reported so far, dma.c */
	volatile uint32_t *msix_table; /* in dev's domain, NULL: not mapped yet */
};

struct pci_bus {
	struct pci_conf conf;
	void *(*alloc)(size_t len_bytes); /* zeroed, or NULL */
	uint64_t window_start; /* addresses to assign: no RAM and no platform device has them */
	uint64_t window_end;
	struct pci_device *first;
};

/*
 * Find all functions behind root bus 0, size their BARs, and assign addresses to those without. 0,
 * or COS_ENOMEM: what was found until then is listed.
 */
long pci_scan(struct pci_bus *bus);

/* The device with that address; NULL: none. */
struct pci_device *pci_find(const struct pci_bus *bus, uint16_t bdf);

/* Size the BARs of d (decoding is off meanwhile), as pci_scan does for each. */
void pci_bars_size(const struct pci_bus *bus, struct pci_device *d);
/* Give an address to each memory BAR that has none, if there is room. How many stay without. */
unsigned pci_bars_assign(struct pci_bus *bus);

/*
 * A driver's access to BAR n. It may not change the address, but it may ask for the length as PCI
 * 3.0, 6.2.5.1 has it: after ones were written, reads show which of them stay, until the address is
 * written back. False: any other value.
 */
bool pci_bar_driver_write(const struct pci_bus *bus, struct pci_device *d, unsigned n,
			  uint32_t value);
uint32_t pci_bar_driver_read(const struct pci_bus *bus, const struct pci_device *d, unsigned n);

/*
 * May a driver write these bytes? Not BARs, expansion ROM, bridge windows, MSI and MSI-X control.
 */
bool pci_conf_may_write(const struct pci_device *d, unsigned reg, unsigned width_bytes);

/* Set or clear bits in the command register. */
void pci_command_set(const struct pci_bus *bus, const struct pci_device *d, uint16_t bits);
void pci_command_clear(const struct pci_bus *bus, const struct pci_device *d, uint16_t bits);

#endif
