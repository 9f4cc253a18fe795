# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,boot,$(wildcard service/boot/*.c service/boot/x86_64/*.S),$(LIBCOS)))
