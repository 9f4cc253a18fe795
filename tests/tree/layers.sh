#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# layers.sh: layers go one way (the folder table in docs/architecture.md). Holds against that table what
# every object was made of (its recorded prerequisites), what the headers of interface/ include, and
# what each folder's objects for COS leave unresolved. Then plants violations and wants them found.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

# Folder of the source | what it may include: folders, or one folder's own headers (x/*.h). The first line that fits
# counts.
includes='
kernel/|kernel/
trace/|trace/ kernel/
libcos/|libcos/ interface/ kernel/include/
service/|service/ libcos/ interface/ kernel/include/
component/|component/ rumpuser/ rump/include/ libcos/ interface/ kernel/include/
rumpuser/posix/|rumpuser/ rump/include/
rumpuser/cos/|rumpuser/ rump/include/ libcos/ interface/ kernel/include/
rumpuser/|rumpuser/ rump/include/
rump/|rump/ rumpuser/*.h
posix/|posix/ rump/include/ libcos/ interface/ kernel/include/
tools/|tools/ interface/ kernel/include/ trace/*.h
'
# What compilers call by themselves, and the rest of the freestanding C that rump kernels may rely on.
freestanding='^(mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|chr|rchr|lcpy|ncpy))$'
# Folder | whose objects it may call besides its own (folders) | and what names
calls='
kernel||^(image|kernel)_(start|end|text|rodata|data|symbols|symbols_end)$
libcos||INTERFACE|^__cos_
service|libcos|INTERFACE|^__cos_
component|rumpuser libcos|INTERFACE|^__cos_|^rump_(init$|pub_|__sysimpl_)
rumpuser|libcos|INTERFACE|^__cos_|^component_|^__(start|stop)_link_set_|^rump_virtif_virt_deliverpkt$
rump|lwip|^(rumpuser|rumpcomp)_|^__(start|stop)_link_set_|FREESTANDING
lwip|rump|FREESTANDING
posix|libcos|INTERFACE|^__cos_
'

# check_includes ROOT...: of all objects' prerequisites below these
check_includes()
{
	find "$@" -name '*.d' -type f -print0 2>/dev/null | xargs -0 awk -v rules="$includes" '
	# a/b/../c is a/c
	function resolved(path) {
		while (match(path, /[^\/]+\/\.\.\//))
			path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
		sub(/^\.\//, "", path)
		return path
	}
	function allowed(header, rule,   i, n, part) {
		n = split(rule, part, " ")
		for (i = 1; i <= n; i++) {
			if (sub(/\*\.h$/, "", part[i]) && index(substr(header, length(part[i]) + 1), "/"))
				continue
			if (index(header, part[i]) == 1)
				return 1
		}
		return 0
	}
	function held(   word, n, i, source, header, r) {
		n = split(rule_text, word, " ")
		source = resolved(word[2])
		# The object of a source that is gone says nothing.
		if (n < 2 || (getline header < source) < 0)
			return
		close(source)
		for (r = 1; r <= nrules && index(source, folder[r]) != 1; r++)
			;
		if (r > nrules)
			return
		print "checked"
		for (i = 3; i <= n; i++) {
			header = resolved(word[i])
			if (header !~ /^(\/|build\/)/ && !allowed(header, may[r]))
				print source " includes " header "; its folder may include only " may[r]
		}
	}
	BEGIN {
		nlines = split(rules, line, "\n")
		for (i = 1; i <= nlines; i++)
			if (split(line[i], field, "|") == 2) {
				folder[++nrules] = field[1]
				may[nrules] = field[2]
			}
	}
	# "object: source header header \ ...": the first rule; headers of their own follow.
	FNR == 1 { rule_text = ""; more = 1 }
	more { rule_text = rule_text " " $0; more = sub(/\\$/, "", rule_text); if (!more) held() }
	'
}

# The contracts stand on the ABI alone.
check_interface_headers()
{
	local file header
	while IFS=: read -r file header; do
		case $header in
		stddef.h | stdint.h | stdbool.h | stdarg.h) continue ;;
		esac
		[ -e "kernel/include/$header" ] || [ -e "interface/$header" ] || [ -e "$(dirname "$file")/$header" ] ||
			echo "$file includes $header; its folder may include only kernel/include"
	done < <(grep -rEo --include='*.h' '^#include [<"][^>"]+' "$@" | sed 's/#include [<"]//')
}

# objects FOLDER ROOT...: its objects for COS; of build/ those whose source is still there (lwIP comes from a package)
objects()
{
	local folder=$1 root object source
	shift
	for root in "$@"; do
		case $folder in
		kernel) find "$root/kernel" -name '*.[cS].o' -type f ;;
		*) find "$root/cos/$folder" -name '*.o' -type f ;;
		esac
	done 2>/dev/null | while read -r object; do
		source=${object#build/}
		source=${source#cos/}
		source=${source%.o}
		if [[ $object != build/* ]] || [ "$folder" = lwip ] || [ -f "$source" ] || [ -f "$source.c" ] || [ -f "$source.S" ]; then
			echo "$object"
		fi
	done
}

# defined FOLDER ROOT...: the global names that they define
defined()
{
	objects "$@" | xargs -r nm --defined-only | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }'
}

# check_calls ROOT...
check_calls()
{
	local interface folder provider names pattern called other
	interface=$(sed -nE 's/^COS_INTERFACE .*[ *]([a-z0-9_]+)\(.*/\1/p' interface/*/*.h | paste -sd '|')
	while IFS='|' read -r folder provider names; do
		[ -n "$folder" ] || continue
		pattern=${names/INTERFACE/^($interface)\$}
		pattern=${pattern/FREESTANDING/$freestanding}
		comm -23 <(objects "$folder" "$@" | xargs -r nm -u | awk 'NF == 2 { print $2 }' | sort -u) \
			<({
				defined "$folder" "$@"
				for other in $provider; do defined "$other" "$@"; done
			} | sort -u) | grep -vE "$pattern" |
			while read -r called; do
				echo "$folder/ calls $called, which is not ${provider:-its own} nor fits $names"
			done
		echo checked
	done <<<"$calls"
}

# report NAME LEAST FILE: FILE has the checks' output
report()
{
	local checked bad
	checked=$(grep -c '^checked$' "$3")
	bad=$(grep -vc '^checked$' "$3")
	if [ "$bad" != 0 ]; then
		grep -v '^checked$' "$3" | sort -u | while read -r line; do fail "$1" "$line"; done
	elif [ "$checked" -lt "$2" ]; then
		fail "$1" "only $checked were found to check: build first"
	else
		pass "$1"
	fi
}

roots="build/cos build/host build/kernel build/r2c"
# shellcheck disable=SC2086
check_includes $roots >"$work/includes"
report "includes" 300 "$work/includes"
{ check_interface_headers interface; echo checked; } >"$work/headers"
report "interface headers" 1 "$work/headers"
check_calls build >"$work/calls"
report "calls" 8 "$work/calls"

# planted NAME LINE FILE: the violation was found, and nothing else
planted()
{
	if [ "$(grep -v '^checked$' "$3")" = "$2" ]; then
		pass "planted: $1"
	else
		fail "planted: $1" "expected '$2'" "$3"
	fi
}

plant=$work/plant
mkdir -p "$plant/cos/rump/kern" "$plant/cos/posix" "$plant/interface/x"
printf 'x.o: rump/kern/cpu.c rump/kern/cpu.h \\\n rumpuser/rumpuser.h rump/kern/../../libcos/include/cos/thread.h\n' \
	>"$plant/include.d"
check_includes "$plant" >"$work/planted"
planted "an include of libcos in rump/" \
	"rump/kern/cpu.c includes libcos/include/cos/thread.h; its folder may include only rump/ rumpuser/*.h" "$work/planted"
printf 'x.o: rump/kern/cpu.c rumpuser/cos/cos.h\n' >"$plant/include.d"
check_includes "$plant" >"$work/planted"
planted "an include of rumpuser/cos in rump/" \
	"rump/kern/cpu.c includes rumpuser/cos/cos.h; its folder may include only rump/ rumpuser/*.h" "$work/planted"
echo '#include <cos/thread.h>' >"$plant/interface/x/x.h"
check_interface_headers "$plant/interface" >"$work/planted"
planted "an include of libcos in interface/" \
	"$plant/interface/x/x.h includes cos/thread.h; its folder may include only kernel/include" "$work/planted"
echo 'void cos_panic(void); void f(void); void f(void) { cos_panic(); }' |
	gcc -xc -c -o "$plant/cos/rump/kern/x.o" -
check_calls build "$plant" >"$work/planted"
planted "a call of libcos in rump/" \
	"rump/ calls cos_panic, which is not lwip nor fits ^(rumpuser|rumpcomp)_|^__(start|stop)_link_set_|FREESTANDING" "$work/planted"
rm "$plant/cos/rump/kern/x.o"
echo 'void rump_init(void); void g(void); void g(void) { rump_init(); }' | gcc -xc -c -o "$plant/cos/posix/x.o" -
check_calls build "$plant" >"$work/planted"
planted "a call of rump/ in posix/" \
	"posix/ calls rump_init, which is not libcos nor fits INTERFACE|^__cos_" "$work/planted"

# posix/: levels of its folders. A file includes headers of its own level or below, and table.c, which registers what
# goes upward (process_hooks, synth_trees), all. First the file or folder that fits, then its level. Of mm/, what the
# rest of level 2 needs is space, user and layout; its system calls stand on files.
posix_levels='
posix/table. 9
posix/calls. 0
posix/abi/ 0
posix/arch/ 0
posix/base/ 1
posix/mm/space. 2
posix/mm/user. 2
posix/mm/layout. 2
posix/process/ 2
posix/signal/ 2
posix/mm/ 3
posix/file/ 3
posix/fs/ 4
posix/net/ 4
posix/tty/ 4
posix/time/ 4
posix/ipc/ 4
posix/exec/ 5
posix/synth/ 5
posix/init/ 6
'
# level(PATH) for awk, -1 where it has none
posix_level='
	function level(path,   i) {
		for (i = 1; i <= n; i++)
			if (index(path, prefix[i]) == 1)
				return number[i]
		return -1
	}
	BEGIN {
		count = split(levels, lines, "\n")
		for (i = 1; i <= count; i++)
			if (split(lines[i], field, " ") == 2) {
				prefix[++n] = field[1]
				number[n] = field[2]
			}
	}
'
# check_posix ROOT...: of all objects' prerequisites below these
check_posix()
{
	find "$@" -name '*.d' -type f -print0 2>/dev/null | xargs -0 awk -v levels="$posix_levels" "$posix_level"'
	function held(   word, count, i, own) {
		count = split(text, word, " ")
		if (word[2] !~ /^posix\// || (getline line < word[2]) < 0)
			return
		close(word[2])
		own = level(word[2])
		print "checked"
		if (own < 0)
			print word[2] " is in no folder of posix that has a level"
		for (i = 3; i <= count && own >= 0; i++)
			if (word[i] ~ /^posix\// && (level(word[i]) < 0 || level(word[i]) > own))
				print word[2] " of level " own " includes " word[i] " of level " level(word[i])
	}
	FNR == 1 { text = ""; more = 1 }
	more { text = text " " $0; more = sub(/\\$/, "", text); if (!more) held() }
	'
}
# What table.c registers for the levels below it, and the entry of the gate.
posix_registered='^(process_hooks|synth_trees|posix_syscall)$'
# check_posix_calls ROOT...: what its objects use of objects of a higher level, declared or not
check_posix_calls()
{
	local object
	objects posix "$@" | while read -r object; do
		nm "$object" | sed "s|^|${object#*cos/} |"
	done | awk -v levels="$posix_levels" -v registered="$posix_registered" "$posix_level"'
	NF == 4 && $3 ~ /[A-Z]/ { defined[$4] = $1; print "checked" }
	NF == 3 && $2 == "U" && $3 !~ registered { user[++nusers] = $1; used[nusers] = $3 }
	END {
		for (i = 1; i <= nusers; i++)
			if (used[i] in defined && level(defined[used[i]]) > level(user[i]))
				print user[i] " of level " level(user[i]) " uses " used[i] " of " defined[used[i]] \
					", level " level(defined[used[i]])
	}
	'
}
check_posix build/cos >"$work/posix"
report "levels of posix" 60 "$work/posix"
check_posix_calls build >"$work/posix"
report "levels of what posix uses" 300 "$work/posix"
printf 'x.o: posix/signal/signal.c posix/abi/abi.h \\\n posix/file/file.h posix/mm/user.h\n' >"$plant/include.d"
check_posix "$plant" >"$work/planted"
planted "an include of posix/file in posix/signal" \
	"posix/signal/signal.c of level 2 includes posix/file/file.h of level 3" "$work/planted"
printf 'x.o: posix/fs/path.c posix/synth/dev.h\n' >"$plant/include.d"
check_posix "$plant" >"$work/planted"
planted "an include of posix/synth in posix/fs" \
	"posix/fs/path.c of level 4 includes posix/synth/dev.h of level 5" "$work/planted"
printf 'x.o: posix/base/timer.c posix/new/new.h\n' >"$plant/include.d"
check_posix "$plant" >"$work/planted"
planted "a folder of posix without a level" \
	"posix/base/timer.c of level 1 includes posix/new/new.h of level -1" "$work/planted"
mkdir -p "$plant/used/cos/posix/signal" "$plant/used/cos/posix/file"
echo 'long sys_close(void); long f(void) { return sys_close(); }' | gcc -xc -c -o "$plant/used/cos/posix/signal/x.o" -
echo 'long sys_close(void); long sys_close(void) { return 0; }' | gcc -xc -c -o "$plant/used/cos/posix/file/y.o" -
check_posix_calls "$plant/used" >"$work/planted"
planted "a call of posix/file in posix/signal" \
	"posix/signal/x.o of level 2 uses sys_close of posix/file/y.o, level 3" "$work/planted"
