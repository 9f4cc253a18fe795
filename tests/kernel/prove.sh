#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# prove.sh DIRECTORY [MODEL...]: check the models (kernel/proof) with spin. Each must hold, and each of its variants
# with a planted defect must fail. DIRECTORY is for what spin makes.
set -eu
out=$1
shift
here=$(cd "$(dirname "$0")/../../kernel/proof" && pwd)
mkdir -p "$out"
cd "$out"

# model, variant: prints spin's count of errors and of states
check()
{
	dir=$1${2:+-$2}
	mkdir -p "$dir"
	( # what fails shows in what pan does not say
		set +e
		cd "$dir"
		spin -a ${2:+-D$2} "$here/$1.pml" >spin.log 2>&1
		gcc $([ -z "$2" ] && echo -O1) -DSAFETY -DCOLLAPSE -DMEMLIM=3000 -w -o pan pan.c >>spin.log 2>&1
		timeout 120 ./pan -E -m1000000 >pan.log 2>&1 || :
		awk '/errors:/ { e = $NF } /states, stored/ { s = $1 } /search depth too small|out of memory|reached -DMEMLIM/ { bad = 1 }
			END { print (bad || e == "") ? "incomplete" : e, s + 0 }' pan.log
	)
}

models=${*:-"retype quiesce inbox component delegate"}
for model in $models; do
	set -- $(check "$model" "") 0
	if [ "$1" = 0 ]; then
		echo "PASS $model: holds in $2 states"
	else
		echo "FAIL $model: errors: $1 ($out/$model)"
	fi
	for plant in $(grep -oh 'PLANT_[A-Z]*' "$here/$model.pml" | sort -u); do
		set -- $(check "$model" "$plant") incomplete
		case $1 in
		0) echo "FAIL $model: $plant is not found" ;;
		incomplete) echo "FAIL $model: $plant: spin did not run ($out/$model-$plant)" ;;
		*) echo "PASS $model: $plant is found" ;;
		esac
	done
done
