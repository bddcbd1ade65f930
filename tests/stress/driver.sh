#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The sample driver of an engine comes and goes, under load, in any order with
# the device; and another answers when layer, engine or device is gone.
#
# usage: tests/stress/driver.sh [ROUNDS]    (10; in a VM, see tests/vm/run)
#
# TAP on standard output, a line for each round, then one for each order.

# shellcheck disable=SC2317 # functions are called by try()
set -uo pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=${dir%/tests/stress}
busy=${BUILD:-$top/build}/tests/kselftest/busy
gate=$top/tests/vm/log-gate
rounds=${1:-10}

[[ ${XRSCHED_KO-} ]] || { echo "Bail out! no module to be tested"; exit 1; }
sample=${XRSCHED_KO%/*}/xrsched_sample.ko
late=${XRSCHED_KO%/*}/xrsched_late.ko
parameters=/sys/module/xrsched_late/parameters
xrsched=${BUILD:-$top/build}/bin/xrsched
debugfs=/sys/kernel/debug/xrsched/0
driver=/sys/bus/platform/drivers/xrsched

for tool in insmod rmmod dmesg; do
	eval "$tool() { busybox $tool \"\$@\"; }"
done
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug

# Layers that the driver's engine has finished; 0 if it is not there.
layers()
{
	sed -n 's/.*kind driver .* layers \([0-9]*\) .*/\1/p' "$debugfs/state" |
		grep . || echo 0
}

# Waits until the driver's engine has finished some.
works()
{
	local tries
	for ((tries = 0; tries < 200; tries++)); do
		(($(layers) > 10)) && return
		sleep 0.05
	done
	echo "# the driver's engine executes nothing"
	return 1
}

consistent()
{
	[[ $(<"$debugfs/check") == ok ]] || { echo "# contradictions"; return 1; }
}

round()
{
	insmod "$sample" class_name=test && works &&
		{ ! rmmod xrsched 2>/dev/null || ! echo "# xrsched went"; } &&
		rmmod xrsched_sample && (($(layers) == 0)) && consistent
}

device_goes_first()
{
	insmod "$sample" class_name=test && works &&
		echo xrsched.0 >"$driver/unbind" &&
		rmmod xrsched_sample && echo xrsched.0 >"$driver/bind"
}

no_device()
{
	! insmod "$sample" device=7 2>/dev/null
}

# until_true COMMAND…: waits for it to succeed.
until_true()
{
	local tries
	for ((tries = 0; tries < 200; tries++)); do
		"$@" && return
		sleep 0.05
	done
	echo "# in vain: $*"
	return 1
}

above() { (($(<"$parameters/$1") > $2)); }

# answers NR ERRNO: an answer to layer NR gives that.
answers()
{
	echo "$1" >"$parameters/answer"
	[[ $(<"$parameters/answer") == "$2" ]] ||
		{ echo "# layer $1: $(<"$parameters/answer")"; return 1; }
}

# The late driver has a layer; somebody listens to what engines do wrong.
late_begins()
{
	insmod "$late" && until_true above seq 0 || return
	layer=$(<"$parameters/seq")
	"$xrsched" events --json --kind engine-fault --engine late >"$told" &
	listener=$!
	# The first fault: the layer takes too long.
	until_true above resets 0 && until_true grep -q timeout "$told"
}

late_ends()
{
	kill "$listener"
	wait "$listener"
	rmmod xrsched_late
}

readonly stale=-116 invalid=-22
tells() { until_true grep -q "$1" "$told"; }

layer_was_taken_away()
{
	late_begins && answers "$layer" "$stale" && tells '"stale"' &&
		answers 4000000000 "$invalid" && tells '"unknown"' &&
		late_ends && consistent
}

engine_was_removed()
{
	late_begins && "$xrsched" engine del late >&2 &&
		answers "$layer" "$stale" && tells '"gone"' &&
		answers 4000000000 "$invalid" && late_ends && consistent
}

# Nothing is told of a device that there is not.
device_was_removed()
{
	local before

	late_begins && echo xrsched.0 >"$driver/unbind" || return
	before=$(<"$told")
	answers "$layer" "$stale" && answers 4000000000 "$invalid" && sleep 0.5 &&
		[[ $(<"$told") == "$before" ]] && late_ends &&
		echo xrsched.0 >"$driver/bind"
}

start_client()
{
	coproc client { exec "$busy"; }
	# shellcheck disable=SC2154 # by coproc
	read -r -t 20 -u "${client[0]}" _
}

stop_client()
{
	# shellcheck disable=SC2154 # by coproc
	{ kill -KILL "$client_PID" && wait "$client_PID"; } 2>/dev/null
}

nr=0
failed=0
told=$(mktemp)
before=$(dmesg)
try()
{
	local name=$1
	shift
	nr=$((nr + 1))
	if "$@" && { [[ $(dmesg) == "$before" ]] ||
		"$gate" --dmesg --since <(echo "$before"); }; then
		echo "ok $nr driver.$name"
	else
		echo "not ok $nr driver.$name"
		failed=1
	fi
}

echo "TAP version 13"
echo "1..$((rounds + 5))"
insmod "$XRSCHED_KO" || exit 1
start_client
for ((i = 1; i <= rounds; i++)); do
	try "round_$i" round
done
try no_device no_device
try layer_was_taken_away layer_was_taken_away
try engine_was_removed engine_was_removed
try device_goes_first device_goes_first
stop_client
start_client
try device_was_removed device_was_removed
stop_client
rm -f "$told"
sleep 0.2
rmmod xrsched_sample 2>/dev/null
rmmod xrsched
exit "$failed"
