#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# audience.sh: each header of interface/ names its audience (interface/interface.h), and the sources of a component
# include only headers that are for it. Then plants violations, which must be found. Tests may include any header.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
forms='everyone|drivers|the kernel|[a-z0-9]+(, [a-z0-9]+)*'

# check_heads ROOT: headers below without a line that names the audience, or with two
check_heads()
{
	local header
	for header in $(find "$1" -name '*.h'); do
		[ "$(grep -cE "^ \* Audience: ($forms)\.\$" "$header")" = 1 ] || echo "$header does not name one audience"
	done
}

# check_includes ROOT FOLDER...: sources below whose component is not of a header's audience
check_includes()
{
	local root=$1
	shift
	grep -rEn --include='*.[ch]' '^#include [<"][a-z0-9]+/[a-z0-9_]+\.h[>"]' "$@" |
		sed -E 's/^([^:]*):[0-9]+:#include [<"]([^>"]*)[>"].*/\1 \2/' |
		while read -r source header; do
			[ -e "$root/$header" ] || continue
			case $source in
			*service/*) component=${source#*service/} component=${component%%/*} ;;
			*posix/*) component=posix ;;
			*) component=drivers ;; # component/, rumpuser/cos: what rump kernels are in
			esac
			audience=$(sed -nE 's/^ \* Audience: (.*)\.$/\1/p' "$root/$header")
			[ "$component" = "${header%%/*}" ] || [ "$audience" = everyone ] ||
				[[ ", $audience," == *", $component,"* ]] ||
				echo "$source includes $header, which is for $audience"
		done
}

# nothing NAME COMMAND...: which prints violations
nothing()
{
	local name=$1
	shift
	"$@" >"$work/found"
	[ -s "$work/found" ] && fail "$name" "$(head -n 1 "$work/found")" "$work/found" || pass "$name"
}

# planted NAME TEXT COMMAND...: which must print TEXT
planted()
{
	local name=$1 text=$2
	shift 2
	"$@" >"$work/found"
	grep -qF "$text" "$work/found" && pass "planted: $name" || fail "planted: $name" "expected '$text'" "$work/found"
}

nothing heads check_heads interface
nothing includes check_includes interface service posix component rumpuser/cos libcos

plant=$work/plant
mkdir -p "$plant/interface/x" "$plant/service/x" "$plant/service/y" "$plant/posix"
printf '/*\n * Audience: y, posix.\n */\n' >"$plant/interface/x/x.h"
printf '/*\n * Audience: some of them\n */\n' >"$plant/interface/x/none.h"
for folder in service/x service/y posix; do
	echo '#include <x/x.h>' >"$plant/$folder/use.c"
done
mkdir -p "$plant/service/z"
echo '#include "x/x.h"' >"$plant/service/z/use.h"
planted 'a header without an audience' "$plant/interface/x/none.h does not name one audience" check_heads "$plant/interface"
planted 'an include by another component' "$plant/service/z/use.h includes x/x.h, which is for y, posix" \
	check_includes "$plant/interface" "$plant/service" "$plant/posix"
[ "$(wc -l <"$work/found")" = 1 ] && pass 'planted: no other is found' || fail 'planted: no other is found' "$(cat "$work/found")"
