#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# walks.sh: each function in the tables of docs/walks.md is defined in the file beside it. Then plants one that is not.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

# check_walks FILE: rows "| [file](../file) | `function` |"; says which are wrong, and "checked" for each row
check_walks()
{
	local file function
	while IFS='|' read -r file function; do
		if [ ! -f "$file" ]; then
			echo "$file is not there"
		elif ! grep -qE "(^|^[a-z_].*[ *])$function(\(|:)" "$file"; then
			echo "$file does not define $function"
		fi
		echo checked
	done < <(sed -nE 's/^\| \[[^]]*\]\(\.\.\/([^)]*)\) \| `([a-z0-9_]+)` .*/\1|\2/p' "$1")
}

check_walks docs/walks.md >"$work/found"
if grep -qv '^checked$' "$work/found"; then
	while read -r line; do fail functions "$line"; done < <(grep -v '^checked$' "$work/found")
elif [ "$(wc -l <"$work/found")" -lt 30 ]; then
	fail functions "only $(wc -l <"$work/found") rows were found"
else
	pass functions
fi

cat >"$work/planted.md" <<'END'
| [kernel/inv.c](../kernel/inv.c) | `inv_fault` | there |
| [kernel/inv.c](../kernel/inv.c) | `inv_default` | not there |
| [kernel/none.c](../kernel/none.c) | `none` | no file |
END
check_walks "$work/planted.md" | grep -v '^checked$' >"$work/found"
check "planted: a function that is elsewhere" grep -qx 'kernel/inv.c does not define inv_default' "$work/found"
check "planted: a file that is not there" grep -qx 'kernel/none.c is not there' "$work/found"
check "planted: nothing else" test "$(wc -l <"$work/found")" = 2
