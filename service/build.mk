# SPDX-License-Identifier: BSD-2-Clause
# The services, a folder each.
include $(wildcard service/*/build.mk)
$(eval $(call script_test,interface/audience,60,tests/interface/audience.sh))
