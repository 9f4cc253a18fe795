#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# clang.sh: the kernel, all components and r2c compile with clang as with gcc, and the kernel and components link. Then
# plants a source with a call of one of gcc's own built-in functions. (That clang warns of nothing, in tests either:
# tidy.sh. That its kernel works: the test kernel/clang.)
set -u
. "$(dirname "$0")/lib.sh"

# clang_make TARGET...
clang_make()
{
	make --no-print-directory -k -j "${JOBS:-2}" CC=clang B=build/clang "$@" >"$work/make.out" 2>&1
}

if clang_make portable; then
	pass portable
else
	grep -E '(error|warning|undefined).*' "$work/make.out" >"$work/errors"
	fail portable "see build/test-log" "$work/errors"
fi
[ -s build/clang/kernel/kernel.o ] && pass kernel || fail kernel "it is not there"

mkdir -p build/check
printf 'int planted(void);\nint planted(void)\n{\n\treturn __builtin_has_attribute(planted, noreturn);\n}\n' >build/check/planted.c
if clang_make build/clang/cos/build/check/planted.o; then
	fail "planted: gcc's own" "clang took it"
elif grep -q "build/check/planted.c.*__builtin_has_attribute" "$work/make.out" && make -s build/cos/build/check/planted.o; then
	pass "planted: gcc's own"
else
	fail "planted: gcc's own" "not for that" "$work/make.out"
fi
rm -f build/check/planted.c build/cos/build/check/planted.*
