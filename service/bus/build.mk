# SPDX-License-Identifier: BSD-2-Clause
# The component bus.
$(eval $(call component,bus,$(wildcard service/bus/*.c),$(LIBCOS)))
