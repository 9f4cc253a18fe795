# SPDX-License-Identifier: BSD-2-Clause
# Tests of the source tree itself: what `make check` runs, and what docs/howto.md shows.

CHECKS := format heads words size docs walks commits layers tidy cppcheck clang

# $(call tree_test,NAME,KIND): KIND is script_test, or booted_test for what needs the objects
tree_test = $(eval $(call $(2),tree/$(1),$(or $(3),120),tests/tree/$(1).sh,$(4)))
$(foreach t,format heads words size docs walks commits,$(call tree_test,$(t),script_test))
$(call tree_test,layers,booted_test)
# In a fresh tree these read everything. What they found out is kept in build/check.
$(call tree_test,tidy,booted_test,1200,$(LINUX_PROGRAMS))
$(call tree_test,cppcheck,booted_test,900)
# One make at a time in build/clang: the kernel's test is made before this runs.
$(call tree_test,clang,booted_test,1200,$(B)/clang/tests/kernel/boot.kernel)
$(call tree_test,howto,booted_test,900)
