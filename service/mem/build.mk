# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,mem,$(wildcard service/mem/*.c),$(LIBCOS)))
