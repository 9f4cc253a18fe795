# SPDX-License-Identifier: BSD-2-Clause
# linux_cases WHERE: the cases that tests/linux's programs are run as, a line each: name|program arguments|input.
# Every program is one case of its own name, unless its head says otherwise. WHERE is `booted` or `host` (in one
# process of the host, tests/posix/run.c). Lines of a program's head comment:
#
#	case: NAME ARGUMENTS [<INPUT]	a case; one line for each, INPUT as seen from the top of the tree
#	booted: REASON			not where WHERE is host
#	glibc: REASON			a case NAME-glibc as well: the same, linked with glibc instead of musl
linux_cases()
{
	local file
	for file in tests/linux/*.c; do
		awk -v program="$(basename "$file" .c)" -v where="$1" '
		# The head: the comment after the line of the licence.
		FNR > 1 && /\*\// { last = 1 }
		{
			sub(/^ \* /, "")
			if (/^case: /) {
				input = ""
				if (match($0, / <[^ ]+$/)) {
					input = substr($0, RSTART + 2)
					$0 = substr($0, 1, RSTART - 1)
				}
				name = $2
				sub(/^case: [^ ]+ ?/, "")
				cases[++n] = name "|" program ($0 == "" ? "" : " " $0) "|" input
			} else if (/^booted: /) {
				booted = 1
			} else if (/^glibc: /) {
				glibc = 1
			}
			if (last)
				exit
		}
		END {
			if (booted && where == "host")
				exit
			if (!n)
				cases[++n] = program "|" program "|"
			for (i = 1; i <= n; i++)
				print cases[i]
			if (glibc)
				print program "-glibc|" program "-glibc|"
		}' "$file"
	done
}
