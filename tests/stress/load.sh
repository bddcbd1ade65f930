#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the module's parameters do when it is loaded.
#
# usage: tests/stress/load.sh    (in a VM, see tests/vm/run; module not loaded)
#
# TAP on standard output.

# shellcheck disable=SC2317 # functions are called by expect

set -uo pipefail

[[ ${XRSCHED_KO-} ]] || { echo "Bail out! no module to be tested"; exit 1; }
driver=/sys/bus/platform/drivers/xrsched
number=0 failed=0

# Starting a program takes long in a VM with a debug kernel: small ones.
for tool in insmod rmmod stat; do
	eval "$tool() { busybox $tool \"\$@\"; }"
done

expect()
{
	local name=$1
	shift
	if "$@"; then
		echo "ok $((++number)) load.$name"
	else
		echo "not ok $((++number)) load.$name"
		failed=1
	fi
}

# Whether the module does not load with these parameters, and nothing is left.
refused()
{
	! insmod "$XRSCHED_KO" "$@" 2>/dev/null &&
		[[ ! -e /sys/module/xrsched && ! -e /dev/xrsched0 ]]
}

# Whether there are nodes 0 … $1 - 1 and no other, each for root and its group.
nodes()
{
	local nodes=(/dev/xrsched*) node
	[[ ${#nodes[@]} == "$1" && -e /dev/xrsched$(($1 - 1)) ]] || return
	for node in "${nodes[@]}"; do
		[[ -c $node && $(stat -c %a "$node") == 660 ]] || return
	done
}

# Whether device $1 goes alone, and comes back.
goes_alone()
{
	local before=(/dev/xrsched*)
	echo "xrsched.$1" >"$driver/unbind" || return
	[[ ! -e /dev/xrsched$1 ]] && nodes_but "$1" "${before[@]}" || return
	echo "xrsched.$1" >"$driver/bind" && [[ -c /dev/xrsched$1 ]]
}

nodes_but()
{
	local node
	for node in "${@:2}"; do
		[[ $node == /dev/xrsched$1 || -c $node ]] || return
	done
}

# Whether a limit is the one given, and can be changed within its bounds.
limit_holds()
{
	local path=/sys/module/xrsched/parameters/max_streams
	[[ $(<"$path") == 7 ]] || return
	! echo 0 2>/dev/null >"$path" && ! echo 65537 2>/dev/null >"$path" &&
		[[ $(<"$path") == 7 ]] && echo 9 >"$path" && [[ $(<"$path") == 9 ]]
}

echo "TAP version 13"
for bad in nr_devices=0 nr_devices=65 nr_devices=-1 nr_devices=x max_models=0 \
	max_models=4097 max_streams=0 max_device_streams=65537 max_jobs=0 \
	max_jobs=1048577 max_batch=0 max_batch=4097 max_model_bytes=1; do
	expect "refused ${bad/=/ }" refused "$bad"
done
# One device is the usual; many have a node each, for root and a group.
expect "one device" insmod "$XRSCHED_KO"
expect "one node" nodes 1
expect "unload" rmmod xrsched
expect "many devices" insmod "$XRSCHED_KO" nr_devices=12 max_streams=7
expect "many nodes" nodes 12
expect "limit" limit_holds
expect "first goes alone" goes_alone 0
expect "last goes alone" goes_alone 11
expect "unload many" rmmod xrsched
expect "nothing is left" test ! -e /dev/xrsched0
echo "1..$number"
exit $failed
