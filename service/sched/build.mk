# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,sched,$(wildcard service/sched/*.c service/sched/x86_64/*.S),$(LIBCOS)))
