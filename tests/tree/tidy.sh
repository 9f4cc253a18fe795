#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tidy.sh: clang, with all its warnings, and clang-tidy, with the checks of .clang-tidy, find nothing in any source in
# C. What was found of a source is kept in build/check/tidy until it, a header of its, or the checks change. Then plants
# a source in which they find something.
set -u
. "$(dirname "$0")/lib.sh"
kept=build/check/tidy
mkdir -p $kept

tree_commands >"$work/commands"

# A makefile: SOURCE.found has what was found in it, and depends on its object, as the source and its headers do.
awk -F '\t' -v kept=$kept '
BEGIN { printf "all:\n%%.found:\n\t@mkdir -p $(@D)\n\t@clang-tidy --quiet $(SOURCE) -- $(FLAGS) -Wno-unknown-attributes " \
	"-Wno-unknown-warning-option -Wno-override-init >$@.new 2>$@.err || " \
	"grep -q . $@.new || cat $@.err >$@.new; mv $@.new $@\n" }
{
	found = kept "/" $1 ".found"
	flags = kept "/" $1 ".flags"
	dir = flags
	sub(/\/[^\/]*$/, "", dir)
	if ((getline old < flags) <= 0 || old != $3) {
		close(flags)
		system("mkdir -p " dir)
		print $3 >flags
	}
	close(flags)
	object = (getline old < $2) >= 0 ? $2 : $1
	close($2)
	printf "all: %s\n%s: SOURCE := %s\n%s: FLAGS := %s\n%s: %s %s .clang-tidy\n", found, found, $1, found, $3, found, object, flags
}' "$work/commands" >$kept/tidy.mk
make --no-print-directory -f $kept/tidy.mk -j "${JOBS:-2}" -k all >"$work/make.out" 2>&1 || fail tidy "make failed" "$work/make.out"

# check_found FILE.found...
check_found()
{
	sed -nE -e "s#^($PWD/)?([^ :]+):([0-9]+):[0-9]+: (warning|error): (.*)#\2: line \3: \5#p" -e 's/^[Ee]rror.*/clang-tidy: &/p' "$@" |
		sort -u
}
cut -f1 "$work/commands" | sed "s|.*|$kept/&.found|" | xargs -d '\n' cat >"$work/all"
check_found "$work/all" >"$work/found"
report tidy "$work/found"

cp .clang-tidy "$work"
cd "$work" || exit 1
cat >planted.c <<'END'
int planted(int a, int b);
int planted(int a, int b)
{
	int unused;

	if (a == b)
		a = 1;
		b = 2;
	return a == a ? b : a;
}
END
clang-tidy --quiet planted.c -- -std=c17 -Wall -Wextra >planted.found 2>&1
check_found planted.found | sed 's/.*\[//' >found
planted tidy found <<'END'
clang-diagnostic-unused-variable,-warnings-as-errors]
readability-misleading-indentation,-warnings-as-errors]
clang-diagnostic-misleading-indentation,-warnings-as-errors]
misc-redundant-expression,-warnings-as-errors]
clang-diagnostic-tautological-compare,-warnings-as-errors]
END
