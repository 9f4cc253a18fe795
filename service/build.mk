# SPDX-License-Identifier: BSD-2-Clause
include $(wildcard service/*/build.mk)
$(eval $(call script_test,interface/audience,60,tests/interface/audience.sh))
