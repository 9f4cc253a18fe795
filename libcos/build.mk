# SPDX-License-Identifier: BSD-2-Clause
# libcos, which is linked into every component and every domain (libcos/README.md), and its host tests.
LIBCOS_DOMAIN_SRC := libcos/x86_64/entry.S libcos/x86_64/copy.S
LIBCOS_SRC := $(wildcard libcos/*.c) libcos/x86_64/thread.S libcos/x86_64/memory.S

$(LIBCOS): $(call cos_objs,$(LIBCOS_SRC))
	@mkdir -p $(@D)
	rm -f $@
	ar rcs $@ $^

$(LIBCOS_DOMAIN): $(call cos_objs,$(LIBCOS_DOMAIN_SRC))
	@mkdir -p $(@D)
	ld -r -o $@ $^

ALL += $(LIBCOS) $(LIBCOS_DOMAIN)

# Host tests. The kernel and sched are the tests' own (COS_FAKE_KERNEL); string functions are renamed, since
# the sanitizers bring theirs.
$(call host_objs,$(wildcard libcos/*.c tests/libcos/*.c)): XCFLAGS := -DCOS_FAKE_KERNEL -I.
$(B)/host/libcos/string.o: XCFLAGS := $(foreach f,memcpy memset memchr strnlen strlen strncmp strcmp \
	strchr strrchr strstr strcpy strncpy strlcpy,-D$(f)=t_$(f)) -fno-builtin
$(B)/host/libcos/x86_64/memory.renamed.o: $(B)/cos/libcos/x86_64/memory.o
	@mkdir -p $(@D)
	objcopy --prefix-symbols=t_ $< $@
$(B)/test/libcos/string: $(B)/host/libcos/x86_64/memory.renamed.o
$(eval $(call host_test,libcos/string,tests/libcos/string_test.c libcos/string.c))
$(B)/test/libcos/copy: $(B)/cos/libcos/x86_64/copy.o
$(eval $(call host_test,libcos/copy,tests/libcos/copy_test.c))
$(eval $(call host_test,libcos/format,tests/libcos/format_test.c libcos/format.c))
$(eval $(call host_test,libcos/alloc,tests/libcos/alloc_test.c libcos/alloc.c))
$(eval $(call host_test,libcos/sync,tests/libcos/sync_test.c $(addprefix libcos/,waitq.c mutex.c cond.c rwlock.c sem.c once.c)))
$(eval $(call host_test,libcos/timeout,tests/libcos/timeout_test.c libcos/timeout.c))
$(eval $(call host_test,libcos/reach,tests/libcos/reach_test.c libcos/reach.c))
