# SPDX-License-Identifier: BSD-2-Clause
# commands.awk: of the commands that make would run (make -Bn), how each source file of the tree is compiled: lines
# "SOURCE<tab>OUTPUT<tab>FLAGS". Where it is compiled in several ways, the one that a system is made of.
/^(gcc|musl-gcc) / {
	source = output = ""
	flags = $1 == "musl-gcc" ? " -nostdlibinc -isystem /usr/include/x86_64-linux-musl" : ""
	for (i = 2; i <= NF; i++) {
		if ($i == "-o")
			output = $(++i)
		else if ($i ~ /\.c$/)
			source = source == "" ? $i : "several"
		else if ($i == "-isystem" && $(i + 1) ~ /\/gcc\//)
			i++ # gcc's own headers: clang has its own
		else if ($i ~ /^-[DUI]|^-std=|^-isystem$|^-iquote$|^-idirafter$|^-include$|^-W|^-m(general|red|cmodel)|^-f(freestanding|no-pi)/) {
			flags = flags " " $i
			if ($i ~ /^-(isystem|iquote|idirafter|include|[DI])$/)
				flags = flags " " $(++i)
		}
	}
	if (source == "" || source == "several" || source ~ /^(\/|build\/)/ || output == "")
		next
	rank = output ~ /^build\/(cos|kernel|r2c)\// ? 1 : output ~ /^build\/(host|linux)\// ? 2 : 3
	if (!(source in best) || rank < best[source]) {
		best[source] = rank
		line[source] = source "\t" output "\t" flags
	}
}
END {
	for (source in line)
		print line[source]
}
