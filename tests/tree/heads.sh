#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# heads.sh: every source file begins with its licence, and words that say what it is. Then plants files that do not.
set -u
. "$(dirname "$0")/lib.sh"

# check_heads FILE...
check_heads()
{
	awk '
	function finish() {
		if (file == "")
			return
		if (!licence)
			print file ": does not begin with SPDX-License-Identifier: BSD-2-Clause"
		else if (split(text, word, " ") < 2)
			print file ": its licence is not followed by a comment that says what it is"
	}
	FNR == 1 {
		finish()
		file = FILENAME
		text = ""
		licence = 0
		state = "licence"
		hash = file !~ /\.([chS]|ld|pml)$/
		if (/^#!/)
			next
	}
	state == "licence" {
		licence = hash ? /^# SPDX-License-Identifier: BSD-2-Clause$/ : \
			/^\/\* SPDX-License-Identifier: BSD-2-Clause \*\/$/
		state = "begin"
		next
	}
	state == "begin" && /^$/ { next }
	state == "begin" && hash && /^(#|""")/ { state = "text" }
	state == "begin" && !hash && /^\/\*/ { state = "text" }
	state == "begin" { state = "end" }
	state == "end" { nextfile }
	{
		line = $0
		last = hash ? !/^#/ : /\*\//
		if (hash && last && !/^"""/)
			nextfile
		gsub(/^(#|"""| ?\*|\/\*)+|\*\/.*/, "", line)
		text = text " " line
		if (last || split(text, word, " ") >= 2)
			nextfile
	}
	END { finish() }' "$@"
}

tree_files '*.c' '*.h' '*.S' '*.ld' '*.pml' '*.sh' '*.mk' '*.py' '*.awk' '*.conf' Makefile >"$work/files"
[ "$(wc -l <"$work/files")" -gt 900 ] && pass files || fail files "only $(wc -l <"$work/files") were found"
mapfile -t files <"$work/files"
check_heads "${files[@]}" >"$work/found"
report heads "$work/found"

cd "$work" || exit 1
printf '/* SPDX-License-Identifier: BSD-2-Clause */\n/* What it is. */\nint x;\n' >good.c
printf '/* SPDX-License-Identifier: BSD-2-Clause */\n/*\n * What it\n * is.\n */\nint x;\n' >good.h
printf '#!/bin/sh\n# SPDX-License-Identifier: BSD-2-Clause\n#\n# What it is.\n' >good.sh
printf '#!/usr/bin/python3\n# SPDX-License-Identifier: BSD-2-Clause\n"""What it is."""\n' >good.py
printf '/* What it is. */\nint x;\n' >licence.c
printf '/* SPDX-License-Identifier: BSD-2-Clause */\n#include "x.h"\n/* What it is. */\n' >head.c
printf '/* SPDX-License-Identifier: BSD-2-Clause */\n\n/* X. */\nint x; /* and y z */\n' >word.c
printf '#!/bin/sh\nset -eu\n# SPDX-License-Identifier: BSD-2-Clause\n# What it is.\n' >late.sh
printf '# SPDX-License-Identifier: BSD-2-Clause\nX := y\n# What it is.\n' >head.mk
printf '/* SPDX-License-Identifier: BSD-2-Clause */\n' >empty.h
check_heads good.c good.h good.sh good.py licence.c head.c word.c late.sh head.mk empty.h >found
planted "heads" found <<'END'
licence.c: does not begin with SPDX-License-Identifier: BSD-2-Clause
head.c: its licence is not followed by a comment that says what it is
word.c: its licence is not followed by a comment that says what it is
late.sh: does not begin with SPDX-License-Identifier: BSD-2-Clause
head.mk: its licence is not followed by a comment that says what it is
empty.h: its licence is not followed by a comment that says what it is
END
