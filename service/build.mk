# SPDX-License-Identifier: BSD-2-Clause
include $(wildcard service/*/build.mk)
