#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# layers.sh: layers go one way (the folder table in docs/architecture.md). Holds every object's
# recorded prerequisites and every rump object's unresolved symbols against that table.
set -u
cd "$(dirname "$0")/.." || exit 1

# folder of the source | folders whose files it may include
rules='
kernel/|kernel/
libcos/|libcos/ interface/ kernel/include/
service/|service/ libcos/ interface/ kernel/include/
rumpuser/posix/|rumpuser/ rump/include/
rumpuser/tests/|rumpuser/ rump/include/
rumpuser/cos/|rumpuser/ rump/include/ libcos/ interface/ kernel/include/
rumpuser/|rumpuser/ rump/include/
rump/|rump/ rumpuser/
posix/|posix/ rump/include/ libcos/ interface/ kernel/include/
host/|host/ kernel/include/ interface/
'
checked=0
bad=0
while IFS= read -r file; do
	# "object: source header header \ ..." and then phony rules for headers.
	read -ra words < <(sed -e ':a;/\\$/{N;s/\\\n//;ba}' "$file" | head -n 1)
	source=${words[1]-}
	rule=
	while IFS='|' read -r folder allowed; do
		[ -n "$folder" ] && [[ $source == "$folder"* ]] || continue
		rule=$allowed
		break
	done <<<"$rules"
	[ -n "$rule" ] || continue
	checked=$((checked + 1))
	for header in "${words[@]:2}"; do
		case $header in
		/* | build/*) continue ;;
		esac
		ok=
		for folder in $rule; do
			[[ $header != "$folder"* ]] || ok=1
		done
		if [ -z "$ok" ]; then
			echo "FAIL layers: $source includes $header; its folder may include only: $rule"
			bad=$((bad + 1))
		fi
	done
done < <(find build/cos build/host build/kernel -name '*.d' -type f 2>/dev/null)

# Calls: what all of rump/ together leaves unresolved is hypercalls and freestanding C.
mapfile -t objects < <(find build/cos/rump build/cos/lwip -name '*.o' -type f 2>/dev/null)
if [ ${#objects[@]} != 0 ]; then
	strays=$(comm -23 <(nm -u "${objects[@]}" | awk '$1 == "U" { print $2 }' | sort -u) \
		<(nm --defined-only "${objects[@]}" | awk 'NF == 3 { print $3 }' | sort -u) |
		grep -vE '^(rumpuser_|rumpcomp_|__start_|__stop_|mem(cpy|move|set|cmp|chr)$|str(len|cmp|ncmp|chr|rchr|lcpy|ncpy)$)')
	for stray in $strays; do
		echo "FAIL layers: rump/ calls $stray, which is not a hypercall"
		bad=$((bad + 1))
	done
fi
if [ "$checked" -lt 50 ]; then
	echo "FAIL layers: only $checked objects were found to check; build first"
elif [ "$bad" = 0 ]; then
	echo "PASS layers ($checked objects)"
fi
