#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# coverage.sh DIR TEST...: run host tests that were built in DIR with gcc's --coverage, and posix/differ; print which
# lines of the sources, by folder, they have executed, and write the table into docs/testing.md.
set -eu
cd "$(dirname "$0")/.."
dir=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find "$dir" -name '*.gcda' -delete
printf '#!/bin/sh\nexport POSIX_RUN=%s\nexec tests/posix/differ.sh\n' "$dir/posix-run/run" >"$dir/test/differ"
chmod +x "$dir/test/differ"
LOGS=$dir/test-log tests/run.sh "${@/#build\//$dir/}" "$dir/test/differ"

# COUNT:LINE:TEXT for each line of each source of each object; "-" is no code, "#####" not executed. A header's
# function, or a source that is compiled twice, counts once, executed if it was in any.
find "$dir" -name '*.gcda' -print0 | LC_ALL=C sort -z | xargs -0 -n 50 gcov --stdout --relative-only --source-prefix "$PWD" 2>/dev/null |
	awk -F: '
	$2 + 0 == 0 && $3 == "Source" { source = $4; sub(/^\.\//, "", source); next }
	source !~ /^(kernel|libcos|service|component|rumpuser|rump|posix|tools|interface)\// { next }
	{ count = $1; gsub(/[ *]/, "", count) }
	count == "-" || $2 + 0 == 0 { next }
	{
		key = source ":" $2 + 0
		lines[key] = 1
		if (count !~ /^[#=]/)
			executed[key] = 1
	}
	END {
		for (key in lines) {
			folder = key
			sub(/\/[^\/]*$/, "", folder)
			if (match(folder, /^(service|rump|component|posix|rumpuser|tools)\/[^\/]+/))
				folder = substr(folder, 1, RLENGTH)
			else
				sub(/\/.*/, "", folder)
			n[folder]++
			e[folder] += key in executed
			all++
			hit += key in executed
		}
		for (folder in n)
			printf "| `%s/` | %d | %d | %d %% |\n", folder, n[folder], e[folder], 100 * e[folder] / n[folder] | "LC_ALL=C sort"
		close("LC_ALL=C sort")
		printf "| all | %d | %d | %d %% |\n", all, hit, 100 * hit / all
	}' >"$work/rows"
{
	echo '| folder | lines of code | executed | |'
	echo '| --- | --- | --- | --- |'
	cat "$work/rows"
} >"$work/table"
cat "$work/table"
awk -v table="$work/table" '
/^<!-- coverage: begin -->$/ { print; while ((getline line < table) > 0) print line; skipped = 1 }
/^<!-- coverage: end -->$/ { skipped = 0 }
!skipped' docs/testing.md >"$work/testing.md"
cmp -s "$work/testing.md" docs/testing.md || cat "$work/testing.md" >docs/testing.md
