# SPDX-License-Identifier: BSD-2-Clause
# For checks of the source tree (bash): the files that are looked at, and reports.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
unset MAKEFLAGS MFLAGS MAKELEVEL # these may be run by make, but make of their own

# tree_files PATTERN...: the source files whose names one of the shell's patterns fits, in a checkout or an archive
tree_files()
{
	local pattern predicate=()
	for pattern; do
		predicate+=(-o -name "$pattern")
	done
	find . \( -path ./build -o -path ./.git -o -path ./r2c \) -prune -o -type f \( "${predicate[@]:1}" \) -print | sed 's|^\./||' | LC_ALL=C sort
}

# tree_commands: how each source file in C is compiled (commands.awk)
tree_commands()
{
	make -Bn --no-print-directory test-build bench-kernel bench-scaling build/bench/calls build/tests/system/soak/soak \
		2>"$work/make.err" | awk -f tests/tree/commands.awk | LC_ALL=C sort >"$work/tree-commands"
	[ "$(wc -l <"$work/tree-commands")" -gt 500 ] || fail commands "too few sources" "$work/make.err" >&2
	cat "$work/tree-commands"
}

# report NAME FOUND: FOUND has lines "FILE: what is wrong", and should have none
report()
{
	local line
	[ -s "$2" ] || pass "$1"
	while IFS= read -r line; do
		fail "$1" "$line"
	done <"$2"
}

# planted NAME FOUND <<EXPECTED: exactly the violations that were planted have been found
planted()
{
	cat >"$work/expected"
	if diff "$work/expected" "$2" >"$work/planted.diff"; then
		pass "planted: $1"
	else
		fail "planted: $1" "< planted, > found" "$work/planted.diff"
	fi
}
