# SPDX-License-Identifier: BSD-2-Clause
# Ten minutes of a mixed load (SOAK_S seconds): not part of `make test`.
$(B)/soak/soak: tests/soak/soak.c
	@mkdir -p $(@D)
	musl-gcc $(LINUX_CFLAGS) -o $@ $<
.PHONY: soak
soak:
	tools/debian/packages.sh build run web test
	$(MAKE) --no-print-directory all $(B)/soak/soak $(B)/web/root.stamp
	tests/soak/soak.sh
