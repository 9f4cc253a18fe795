/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of PCI devices that have a name in a composition, in one table: a new virtio device is
 * a new line. (A device of any other kind is VENDOR:DEVICE there, and --qemu-option for QEMU.)
 *
 * KIND(name, vendor, device, transitional, model, arguments)
 *	vendor, device	PCI's (virtio 1.2, 4.1.2: 0x1040 + the type of the device)
 *	transitional	the device number under virtio = "transitional" (4.1.2.1)
 *	model		QEMU's name for it
 *	arguments	which ones r2c run has QEMU emulate (run/qemu_devices.c): disk_arguments
 *			one for each disk, net_arguments one if there is a network, one_argument
 *			always one, no_arguments none. Their PCI addresses have the table's order.
 */
#ifndef R2C_DEVICE_KINDS_H
#define R2C_DEVICE_KINDS_H

/* clang-format off */
#define DEVICE_KINDS(KIND)							\
	KIND("virtio-blk", 0x1af4, 0x1042, 0x1001, "virtio-blk-pci", disk_arguments)	\
	KIND("virtio-net", 0x1af4, 0x1041, 0x1000, "virtio-net-pci", net_arguments)	\
	KIND("virtio-rng", 0x1af4, 0x1044, 0x1005, "virtio-rng-pci", one_argument)	\
	KIND("virtio-scsi", 0x1af4, 0x1048, 0x1004, "virtio-scsi-pci", no_arguments)
/* clang-format on */

#endif
