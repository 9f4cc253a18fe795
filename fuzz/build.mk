# SPDX-License-Identifier: BSD-2-Clause
#
# Fuzzers, by clang's libFuzzer. `make fuzz` runs each for FUZZ_SECONDS and keeps what it learns in
# build/fuzz/corpus; an input that breaks something stays as build/fuzz/NAME-crash-*.

FUZZ_SECONDS ?= 60
FUZZ_CFLAGS := $(filter-out -fsanitize=%,$(HOST_CFLAGS)) -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined -Wno-unknown-warning-option -Wno-initializer-overrides
FUZZERS := $(basename $(notdir $(wildcard fuzz/*.c)))
fuzz_objs = $(patsubst %,$(B)/fuzz/obj/%.o,$(basename $(1)))

$(B)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	clang $(FUZZ_CFLAGS) $(XCFLAGS) -c -o $@ $<

# $(call fuzzer,NAME,SOURCES[,LIBS])
define fuzzer
$(B)/fuzz/$(1): $(call fuzz_objs,fuzz/$(1).c $(2))
	clang -fsanitize=fuzzer,address,undefined -o $$@ $$^ $(3) -lpthread
endef

$(B)/fuzz/obj/%.o: XCFLAGS = $(RUMP_INC) -Itools/r2c
$(eval $(call fuzzer,composition,$(addprefix tools/r2c/,pool.c report.c file.c compose/composition.c compose/conf_parse.c),-lconfuse))
$(eval $(call fuzzer,ext2,$(RUMP_HOST_FS_SRCS) tests/rump/fs/ext2/image.c tests/rump/fs/ext2/walk.c,-lcmocka))

## fuzz           the fuzzers, each for FUZZ_SECONDS (60)
.PHONY: fuzz
fuzz: $(addprefix $(B)/fuzz/,$(FUZZERS))
	fuzz/run.sh $(FUZZ_SECONDS)

$(eval $(call script_test,fuzz,600,fuzz/run.sh smoke,$(addprefix $(B)/fuzz/,$(FUZZERS))))
