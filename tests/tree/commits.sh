#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# commits.sh: the subject of each commit since CONTRIBUTING.md asks for it has at most 72 characters and no full stop,
# and an empty line follows. Then plants subjects that do not fit.
set -u
. "$(dirname "$0")/lib.sh"
since=3e4d3bd5dad464db93f05d008abc90c9a715ec15 # the rule is CONTRIBUTING.md's

# check_subjects: of lines "HASH SUBJECT"
check_subjects()
{
	awk '{
		subject = substr($0, length($1) + 2)
		if (length(subject) > 72)
			print $1 ": a subject of " length(subject) " characters"
		if (subject ~ /\.$/)
			print $1 ": a subject that ends with a full stop"
		if (subject == "")
			print $1 ": no subject"
	}'
}

if ! git rev-parse -q --verify "$since^{commit}" >"$work/head" 2>&1; then
	echo "SKIP $label: no history with commit $since"
else
	git log --no-merges --format='%h %s' "$since..HEAD" | check_subjects >"$work/found"
	report subjects "$work/found"
	git log --no-merges --format='%h%x00%B%x01' "$since..HEAD" | awk 'BEGIN { RS = "\001\n"; FS = "\n" }
		NF > 1 && $2 != "" { sub(/\0.*/, "", $1); print $1 ": no empty line after the subject" }' >"$work/found"
	report bodies "$work/found"
fi

printf '%s\n' 'a Say what is done' "b $(printf '%073d' 0)" 'c Say what is done.' 'd ' | check_subjects >"$work/found"
planted subjects "$work/found" <<'END'
b: a subject of 73 characters
c: a subject that ends with a full stop
d: no subject
END
