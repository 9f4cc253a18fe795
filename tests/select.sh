#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# select.sh "PATTERN..." TEST...: print those of the tests (as tests/run.sh takes them) whose names one of the patterns
# fits: a name, a folder of names, or a pattern of the shell's. Where a pattern fits none, say which names are near.
set -uf
patterns=$1
shift

# near WORD: of the names on standard input, the few that have most in common with it
near()
{
	awk -v word="$1" '
	# Letters to insert, delete or replace to get from a to b.
	function distance(a, b,   i, j, row, old, new) {
		for (j = 0; j <= length(b); j++)
			row[j] = j
		for (i = 1; i <= length(a); i++) {
			old = row[0]
			row[0] = i
			for (j = 1; j <= length(b); j++) {
				new = old + (substr(a, i, 1) != substr(b, j, 1))
				old = row[j]
				if (row[j] + 1 < new)
					new = row[j] + 1
				if (row[j - 1] + 1 < new)
					new = row[j - 1] + 1
				row[j] = new
			}
		}
		return row[length(b)]
	}
	{
		last = $0
		sub(/.*\//, "", last)
		d = distance(word, $0)
		if (distance(word, last) < d)
			d = distance(word, last)
		if (index($0, word))
			d = 0
		print d, $0
	}' | sort -n | awk 'NR == 1 { least = $1 } $1 <= least + 1 && NR <= 12 { print "    " $2 }'
}

declare -A selected
status=0
for pattern in $patterns; do
	found=
	for test; do
		name=${test#*build/test/}
		# shellcheck disable=SC2053
		if [[ $name == $pattern || $name == ${pattern%/}/* ]]; then
			[ -n "${selected[$name]-}" ] || echo "$test"
			selected[$name]=1
			found=1
		fi
	done
	if [ -z "$found" ]; then
		{
			echo "no test '$pattern'; near it:"
			printf '%s\n' "${@#*build/test/}" | near "$pattern"
			echo "all names: make test-list"
		} >&2
		status=1
	fi
done
exit $status
