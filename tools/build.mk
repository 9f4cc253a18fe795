# SPDX-License-Identifier: BSD-2-Clause
#
# What is run on the host: r2c, and the scripts that get packages and sources from Debian.

include $(wildcard tools/*/build.mk)
