# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,bus,$(wildcard service/bus/*.c),$(LIBCOS)))
