#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# size.sh: the kernel stays small enough to be read, at most 5,250 lines of code, headers and assembly in; and so does
# each file of posix, at most 400 lines. Then plants a file that is too long.
set -u
. "$(dirname "$0")/lib.sh"

lines=$(cloc --quiet --csv --include-lang="C,C/C++ Header,Assembly" kernel | awk -F, '$2 == "SUM" { print $5 }')
if [ -n "$lines" ] && [ "$lines" -gt 0 ] && [ "$lines" -le 5250 ]; then
	pass "kernel: $lines lines of code"
else
	fail kernel "${lines:-unknown} lines of code, at most 5250"
fi

# long_files FOLDER: its sources of more than 400 lines
long_files()
{
	find "$1" -name '*.[chS]' -type f -exec wc -l {} + |
		awk '$1 > 400 && $2 != "total" { print $2 ": " $1 " lines, at most 400" }'
}
long_files posix >"$work/found"
report "files of posix" "$work/found"
mkdir "$work/planted"
seq 401 >"$work/planted/long.c"
seq 400 >"$work/planted/full.c"
long_files "$work/planted" | sed "s|$work/||" >"$work/found"
planted "a long file" "$work/found" <<'END'
planted/long.c: 401 lines, at most 400
END
