#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# docs.sh: every relative link in a Markdown file of this tree leads to a file of this tree, and behind a # to a
# heading of it. Then plants links that do not, and wants them found.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

# The links of a file, one a line; code is not looked at.
links()
{
	sed -e '/^```/,/^```/d' -e 's/`[^`]*`//g' "$1" | grep -oE '\]\([^) ]+' | sed 's/^](//'
}

# The anchors of a file's headings, as Markdown's renderers make them.
anchors()
{
	sed -e '/^```/,/^```/d' "$1" | sed -nE 's/^#+ +//p' | tr '[:upper:]' '[:lower:]' | sed -e 's/[^a-z0-9 _-]//g' -e 's/ /-/g'
}

# check_links FILE: says which of its links lead nowhere
check_links()
{
	local link path target
	while read -r link; do
		case $link in
		http://* | https://* | mailto:*) continue ;;
		esac
		path=${link%%#*}
		target=$1
		[ -z "$path" ] || target=$(dirname "$1")/$path
		if [ ! -e "$target" ]; then
			echo "$1: no $path"
		elif [[ $link == *#* ]] && ! anchors "$target" | grep -qxF -- "${link#*#}"; then
			echo "$1: no heading for ${link#*#} in $target"
		fi
	done < <(links "$1")
}

files=0
found=0
while IFS= read -r file; do
	files=$((files + 1))
	found=$((found + $(links "$file" | wc -l)))
	check_links "$file" >>"$work/broken"
done < <(find . -path ./build -prune -o -path ./.git -prune -o -name '*.md' -print | sed 's|^\./||' | sort)
if [ -s "$work/broken" ]; then
	while read -r line; do fail links "$line"; done <"$work/broken"
elif [ $files -lt 5 ] || [ $found -lt 50 ]; then
	fail links "only $found links in $files files were found"
else
	pass links
fi

mkdir "$work/sub"
cat >"$work/sub/planted.md" <<'END'
# A heading, with `code`
[good](../sub/planted.md#a-heading-with-code) [self](#a-heading-with-code) `[not](a-link)` ![bad](none.svg)
```
[not](a-link)
```
[bad](planted.md#nowhere) [elsewhere](https://example.org/none)
END
printf '%s\n' "$work/sub/planted.md: no none.svg" \
	"$work/sub/planted.md: no heading for nowhere in $work/sub/planted.md" >"$work/expected"
check_links "$work/sub/planted.md" >"$work/planted"
cmp -s "$work/expected" "$work/planted" && pass planted || fail planted "found other links" "$work/planted"
