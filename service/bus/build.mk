# SPDX-License-Identifier: BSD-2-Clause
# Component bus: memory shared under names.
$(eval $(call component,bus,$(wildcard service/bus/*.c),$(LIBCOS)))
