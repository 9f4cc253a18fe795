# SPDX-License-Identifier: BSD-2-Clause
#
# What several components consist of (sysproxy/server.h): the start of a rump kernel, and the server of
# system calls, each with the hypercalls.

SYSPROXY_START_SRCS = $(addprefix component/sysproxy/,server_init.c disks.c netconfig.c) $(RUMPUSER_COS_SRCS)
SYSPROXY_SRCS = component/sysproxy/server.c $(SYSPROXY_START_SRCS)
