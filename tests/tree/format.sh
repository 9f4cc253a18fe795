#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# format.sh: clang-format, with .clang-format, changes nothing in the sources in C. Then plants a file in which it does.
set -u
. "$(dirname "$0")/lib.sh"

# check_format FILE...
check_format()
{
	printf '%s\0' "$@" | xargs -0 -n 100 -P 2 clang-format --style=file --dry-run 2>&1 |
		sed -nE 's/^([^ ]+):([0-9]+):[0-9]+: warning: .*/\1: line \2: clang-format -i would change it/p' | sort -u
}

# Assembly that is included is no C.
mapfile -t files < <(tree_files '*.c' '*.h' | grep -v '\.S\.h$')
check_format "${files[@]}" >"$work/found"
report format "$work/found"

cp .clang-format "$work"
cd "$work" || exit 1
printf 'int good(int a)\n{\n\treturn a;\n}\n' >good.c
printf 'int bad(int a) {\n    return a;\n}\n' >bad.c
check_format good.c bad.c >found
planted format found <<'END'
bad.c: line 1: clang-format -i would change it
END
