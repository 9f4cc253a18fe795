#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# cppcheck.sh: cppcheck, but for cppcheck.suppress, finds nothing in any source in C. What it has found out is kept in
# build/check/cppcheck until a source changes. Then plants a source in which it finds something.
set -u
. "$(dirname "$0")/lib.sh"
kept=build/check/cppcheck
mkdir -p $kept

tree_commands | awk -F '\t' -v top="$PWD" '
BEGIN { print "[" }
{
	gsub(/["\\]/, "\\\\&", $3)
	printf "%s{\"directory\":\"%s\",\"file\":\"%s\",\"command\":\"cc %s -c %s\"}", (NR > 1 ? ",\n" : ""), top, $1, $3, $1
}
END { print "\n]" }' >$kept/compile_commands.json
options=(-q --enable=warning,performance,portability '--template={file}: line {line}: {message} [{id}]')
grep -v '^#' tests/tree/cppcheck.suppress >"$work/suppress"
cppcheck "${options[@]}" --project=$kept/compile_commands.json --cppcheck-build-dir=$kept -j "${JOBS:-2}" \
	--suppressions-list="$work/suppress" >"$work/out" 2>&1 || fail cppcheck "it failed" "$work/out"
LC_ALL=C sort -u "$work/out" >"$work/found"
report cppcheck "$work/found"

cd "$work" || exit 1
cat >planted.c <<'END'
int planted(int i)
{
	int a[4] = {0};
	int *p = 0;

	if (i == 7)
		*p = 1;
	return a[4] + i;
}
END
cppcheck "${options[@]}" planted.c 2>&1 | sed 's/.*\[//' | sort >found
planted cppcheck found <<'END'
arrayIndexOutOfBounds]
nullPointer]
END
