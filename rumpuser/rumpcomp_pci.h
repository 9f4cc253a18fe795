/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI hypercalls of a rump kernel: those of NetBSD's libpci component (same names and
 * signatures: sys/rump/dev/lib/libpci/pci_user.h), followed by what the drivers in rump/dev need in
 * addition (discovery, MSI-X by vector). An int result is 0 or a positive NetBSD errno.
 *
 * A rump kernel sees only the devices that the composition gave to its component, or the
 * environment to its process (RUMP_PCI, docs/hypercalls.md). Bus, device and function are the real
 * ones. All functions are called with a virtual CPU held; none blocks for long except
 * irq_establish, which creates a thread.
 *
 * Interrupts. Each vector, which is a message or a line, has a host thread with an lwp of process
 * 0, more urgent than the rump kernel's other threads.
 * I1 The thread calls the handler with a virtual CPU held. Messages that arrive before the thread
 *    runs become one call.
 * I2 The handler may take mutexes and schedule soft interrupts. It must not sleep for long: that
 *    would delay the next call for its vector, though no other vector's.
 * I3 On COS, devices on one line share the line's thread, and must belong to one component.
 *
 * DMA.
 * I4 Memory from rumpuser_malloc and rumpuser_anonmmap in a rump kernel with a device is wired, and
 *    each allocation is physically contiguous: rumpcomp_pci_virt_to_mach of its first byte plus an
 *    offset is the machine address at that offset.
 * I5 Other memory of a component (its image, stacks, executable memory) has a machine address a
 *    page.
 * I6 Memory that a client could take away while a device writes to it has none (0): windows, shared
 *    buffers, and on POSIX all memory of the process outside the arena.
 */
#ifndef RUMPUSER_RUMPCOMP_PCI_H
#define RUMPUSER_RUMPCOMP_PCI_H

#define RUMPCOMP_USERFEATURE_PCI_DMAFREE

/* NetBSD's functions. */

/*
 * Map a memory BAR, or part of one, by its machine address as read from the BAR. NULL: not a BAR of
 * a device of this rump kernel.
 */
void *rumpcomp_pci_map(unsigned long addr, unsigned long len_bytes);

/*
 * 32-bit configuration register reg, a multiple of 4. ENODEV: no such device, and *value is all
 * ones; EINVAL: reg; EPERM: a write to a register that the host keeps for itself (BARs, MSI-X
 * control).
 */
int rumpcomp_pci_confread(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int *value);
int rumpcomp_pci_confwrite(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int value);

/*
 * Name the device's interrupt line by a cookie of the caller's choice, unique in this rump kernel.
 * ENODEV; EEXIST: the cookie or the device is mapped already; ENOMEM.
 */
int rumpcomp_pci_irq_map(unsigned bus, unsigned dev, unsigned fun, int intrline, unsigned cookie);
/*
 * Run handler(data) at each interrupt of the line or message that the cookie names. On a line the
 * handler returns 0 if its device had not interrupted. Returns an opaque handle; NULL: unknown
 * cookie, established already, or no resources. Messages are delivered from the return on.
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
/*
 * To be called before the first in or out instruction of a driver. 0: those for the I/O BARs of
 * this component's devices work.
 */
int rumpcomp_pci_iospace_init(void);
/* Machine address of a byte; 0: not memory for DMA (I6). */
unsigned long rumpcomp_pci_virt_to_mach(void *va);

/* Functions of this project. */

/*
 * The n-th device of this rump kernel, from 0, in the order of bus, device, function. ENOENT: there
 * are no more.
 */
int rumpcomp_pci_enum(unsigned n, unsigned *bus, unsigned *dev, unsigned *fun);
/* Memory BAR number bar (0..5) as a whole. EINVAL: not a memory BAR, ENODEV, ENOMEM. */
int rumpcomp_pci_map_bar(unsigned bus, unsigned dev, unsigned fun, unsigned bar, void **vap,
			 unsigned long *len_bytes);
/* How many MSI-X vectors the device has; 0: none, or no such device. */
unsigned rumpcomp_pci_msix_count(unsigned bus, unsigned dev, unsigned fun);
/*
 * Name a vector (an entry of the MSI-X table) of the device by a cookie of the caller's choice,
 * unique in this rump kernel. The cookie is for rumpcomp_pci_irq_establish, which also enables
 * MSI-X on the device. ENODEV, EINVAL: no such vector, EEXIST: cookie or vector in use, ENOMEM.
 */
int rumpcomp_pci_msix_map(unsigned bus, unsigned dev, unsigned fun, unsigned vector,
			  unsigned cookie);

#endif
