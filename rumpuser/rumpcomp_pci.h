/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI hypercalls of a rump kernel: those that NetBSD's libpci component makes (same names, same
 * signatures: sys/rump/dev/lib/libpci/pci_user.h), and after them what our own drivers need on top
 * (discovery, MSI-X by vector). An int result is 0 or a positive NetBSD errno.
 *
 * A rump kernel sees only the devices that its component was given by the composition, or its
 * process by the environment (RUMP_PCI, docs/hypercalls.md); bus, device and function are the real
 * ones. None of these calls blocks for long except irq_establish, which makes a thread; all are
 * made with a virtual CPU held (rumpuser(3), "Upcalls and rump kernel context").
 *
 * Interrupts. Each vector, a message or a line, has a host thread of its own, more urgent than the
 * rump kernel's others, with an lwp of process 0. The thread sleeps until the interrupt comes, then
 * calls the handler with a virtual CPU held; several messages that arrive before it runs become one
 * call. The handler may take mutexes and schedule soft interrupts; it must not sleep for long, or
 * it delays the next call of its vector (no other's). On COS devices on one line share its thread,
 * and may not belong to different components.
 *
 * DMA. Every address that rumpuser_malloc and rumpuser_anonmmap gave to a rump kernel that has a
 * device is wired memory, and one allocation is physically contiguous: rumpcomp_pci_virt_to_mach of
 * its first byte plus an offset inside it is the machine address of that offset. Other memory of
 * a component (its image, stacks, executable memory) has a machine address a page; memory of
 * clients (windows, shared buffers), who could take it away while a device writes to it, has none:
 * 0. All other memory of a process is the program's, which could do so too, and has none.
 */
#ifndef RUMPUSER_RUMPCOMP_PCI_H
#define RUMPUSER_RUMPCOMP_PCI_H

#define RUMPCOMP_USERFEATURE_PCI_DMAFREE

/* NetBSD's. */

/* Map a memory BAR, or a part of one, by its machine address (as read from the BAR); NULL: not
 * ours. */
void *rumpcomp_pci_map(unsigned long addr, unsigned long len_bytes);

/*
 * 32-bit configuration register reg (a multiple of 4). ENODEV with *value all ones: no such device
 * here; EINVAL: reg; a write to what the host keeps for itself (BARs, MSI-X control) is EPERM.
 */
int rumpcomp_pci_confread(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int *value);
int rumpcomp_pci_confwrite(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int value);

/*
 * The device's interrupt line gets a cookie of the caller's
 * choice, unique in this rump kernel. ENODEV, EEXIST: cookie or device are mapped already, ENOMEM.
 */
int rumpcomp_pci_irq_map(unsigned bus, unsigned dev, unsigned fun, int intrline, unsigned cookie);
/*
 * Run handler(data) at each interrupt of what the cookie was mapped to; on a line it returns 0 when
 * its device had not interrupted. An opaque non-NULL handle, or NULL: unknown cookie, established
 * already, or no resources. Messages are delivered from the return on.
 */
void *rumpcomp_pci_irq_establish(unsigned cookie, int (*handler)(void *), void *data);

/*
 * Zeroed, physically contiguous memory for DMA: *pap is its machine address, *vap a cookie (on COS
 * its address). align: a power of two, at most the page size or the length rounded up to a power
 * of two, whichever is more. ENOMEM, EINVAL.
 */
int rumpcomp_pci_dmalloc(size_t len_bytes, size_t align, unsigned long *pap, unsigned long *vap);
void rumpcomp_pci_dmafree(unsigned long vacookie, size_t len_bytes);

struct rumpcomp_pci_dmaseg {
	unsigned long ds_pa;
	unsigned long ds_len;
	unsigned long ds_vacookie;
};
/*
 * The address of allocated segments: of one, or of several that follow one another in it, as parts
 * of one allocation do (else EOPNOTSUPP), total_bytes within them (EINVAL).
 */
int rumpcomp_pci_dmamem_map(struct rumpcomp_pci_dmaseg *segs, size_t nsegs, size_t total_bytes,
			    void **vap);
#define RUMPCOMP_USERFEATURE_PCI_IOSPACE
/* Before the first in or out instruction of a driver. 0: those for I/O BARs of this component's
 * devices work. */
int rumpcomp_pci_iospace_init(void);
/* Machine address of a byte; 0: not memory for DMA (see above). */
unsigned long rumpcomp_pci_virt_to_mach(void *va);

/* Ours. */

/* The n-th device of this rump kernel, from 0, in the order of bus, device, function. ENOENT: no
 * more. */
int rumpcomp_pci_enum(unsigned n, unsigned *bus, unsigned *dev, unsigned *fun);
/* Memory BAR number bar (0..5) as a whole. EINVAL: not a memory BAR, ENODEV, ENOMEM. */
int rumpcomp_pci_map_bar(unsigned bus, unsigned dev, unsigned fun, unsigned bar, void **vap,
			 unsigned long *len_bytes);
/* How many MSI-X vectors the device has; 0: none, or no such device. */
unsigned rumpcomp_pci_msix_count(unsigned bus, unsigned dev, unsigned fun);
/*
 * Name vector (an entry of the MSI-X table) of the device by a cookie of the caller's choice,
 * unique in this rump kernel, to be given to rumpcomp_pci_irq_establish, which also enables MSI-X
 * on the device. ENODEV, EINVAL: no such vector, EEXIST: cookie or vector in use, ENOMEM.
 */
int rumpcomp_pci_msix_map(unsigned bus, unsigned dev, unsigned fun, unsigned vector,
			  unsigned cookie);

#endif
