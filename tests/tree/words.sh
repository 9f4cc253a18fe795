#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# words.sh: comments and names use the field's words, and comments end at column 100 (in C) or 120. Then plants some
# that do not.
set -u
. "$(dirname "$0")/lib.sh"

# Word: what to write instead. Strings are not looked at.
words='anybody: any thread, component or caller: say which
crooked: wrong, damaged, inconsistent: say how
news: event
nobody: no thread, component or caller: say which
somebody: a thread, component or caller: say which
whoever: the thread, component or caller that: say which'

# check_words FILE...
check_words()
{
	awk -v words="$words" '
	BEGIN {
		n = split(words, list, "\n")
		for (i = 1; i <= n; i++) {
			split(list[i], pair, ": ")
			instead[pair[1]] = substr(list[i], length(pair[1]) + 3)
		}
	}
	FNR == 1 {
		hash = FILENAME !~ /\.([chS]|ld|pml)$/
		comment = 0
	}
	# Is any of this line a comment, and the whole line?
	{
		whole = hash ? /^[ \t]*#/ : comment || /^[ \t]*(\/\*|\/\/)/
		rest = $0
		if (!hash) {
			while (match(rest, comment ? "[*]/" : "/[*]")) {
				comment = !comment
				rest = substr(rest, RSTART + 2)
			}
		}
	}
	whole && length($0) > 60 {
		columns = 0
		for (i = 1; i <= length($0); i++)
			columns += substr($0, i, 1) == "\t" ? 8 - columns % 8 : 1
		if (columns > (hash ? 120 : 100))
			print FILENAME ": line " FNR ": a comment of " columns " columns"
	}
	{
		text = tolower($0)
		if (!whole)
			gsub(/"([^"\\]|\\.)*"/, "", text)
		m = split(text, word, /[^a-z]+/)
		for (i = 1; i <= m; i++)
			if (word[i] in instead)
				print FILENAME ": line " FNR ": \"" word[i] "\": " instead[word[i]]
	}' "$@"
}

tree_files '*.c' '*.h' '*.S' '*.ld' '*.pml' '*.sh' '*.mk' '*.py' '*.awk' '*.conf' Makefile >"$work/files"
mapfile -t files < <(grep -vx 'tests/tree/words.sh' "$work/files")
check_words "${files[@]}" >"$work/found"
report words "$work/found"

cd "$work" || exit 1
printf '/*\n * Whoever comes.\n */\nint x; /* news */\nint news_x;\n/* "nobody" */\n' >word.c
printf 'const char s[] = "nobody:x:65534 \\"nobody\\"", t[] = "news";\nint newsprint; /* newsreel */\n' >good.c
printf 'x := nobody\n# crooked\n' >word.mk
printf '/*\n * %s\n%s */\nint x; /* %s */\n' "$(printf '%097d' 0)" "$(printf '\t%098d' 0)" "$(printf '%0100d' 0)" >long.c
printf '# %s\nx := %s\n' "$(printf '%0120d' 0)" "$(printf '%0120d' 0)" >long.mk
check_words word.c good.c word.mk long.c long.mk | cut -d: -f1-3 >found
planted words found <<'END'
word.c: line 2: "whoever"
word.c: line 4: "news"
word.c: line 5: "news"
word.c: line 6: "nobody"
word.mk: line 1: "nobody"
word.mk: line 2: "crooked"
long.c: line 3: a comment of 109 columns
long.mk: line 1: a comment of 122 columns
END
