# SPDX-License-Identifier: BSD-2-Clause
# symbols.awk: reads nm -n of the linked kernel, writes the source of its table of functions (trap.c).
function symbol(name) { printf "\t.long 0x%s - %s\n\t.ascii \"%s\"\n\t.balign 32, 0\n", $1, text, substr(name, 1, 27); n++ }
BEGIN { print "\t.section .symbols, \"a\", @progbits" }
$3 == "kernel_text" { text = "0x" $1 }
$3 == "kernel_rodata" { symbol("?"); whole = 1; exit }
text != "" && $2 ~ /^[tT]$/ && $3 != "kernel_text" { symbol($3) }
END {
	print "\t.section .note.GNU-stack, \"\", @progbits"
	exit !(n > 1 && whole)
}
