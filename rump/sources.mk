# SPDX-License-Identifier: BSD-2-Clause
#
# What rump kernels consist of: a list a part; a file in a folder joins its part without being named.
# Components (component/) and tests take the parts that they are made of.
#
# A file system or a driver is a folder, found by its sources.mk, which adds its files to a list:
#   RUMP_FS_SRCS         file systems
#   RUMP_BUS_SRCS        what the drivers of a bus share
#   RUMP_DRIVERS_BLOCK   drivers of disks (components storage and disk)
#   RUMP_DRIVERS_NET     drivers of network cards under lwIP (network)
#   RUMP_DRIVERS_NIC     drivers of network cards whose frames go elsewhere (nic)
#   RUMP_DRIVERS_RNG     drivers of sources of random numbers (entropy)

RUMP_KERN_SRCS := $(wildcard rump/kern/*.c)
RUMP_VFS_SRCS := $(wildcard rump/vfs/*.c)
RUMP_MD_SRCS := $(wildcard rump/dev/md/*.c)
RUMP_PART_SRCS := $(wildcard rump/dev/part/*.c)

RUMP_FS_SRCS :=
RUMP_BUS_SRCS :=
RUMP_DRIVERS_BLOCK :=
RUMP_DRIVERS_NET :=
RUMP_DRIVERS_NIC :=
RUMP_DRIVERS_RNG :=
include $(wildcard rump/*/sources.mk rump/*/*/sources.mk rump/*/*/*/sources.mk)

RUMP_INC := -Irump -Irump/include -Irumpuser
