# SPDX-License-Identifier: BSD-2-Clause
# The services, and the test of which header of theirs has which audience.
include $(wildcard service/*/build.mk)
$(eval $(call script_test,interface/audience,60,tests/interface/audience.sh))
