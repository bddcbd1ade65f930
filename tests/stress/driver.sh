#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The sample driver of an engine comes and goes, under load, in any order with
# the device.
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

nr=0
failed=0
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
echo "1..$((rounds + 2))"
insmod "$XRSCHED_KO" || exit 1
coproc client { exec "$busy"; }
# shellcheck disable=SC2154 # by coproc
read -r -t 20 -u "${client[0]}" _
for ((i = 1; i <= rounds; i++)); do
	try "round_$i" round
done
try no_device no_device
try device_goes_first device_goes_first
# shellcheck disable=SC2154 # by coproc
{ kill -KILL "$client_PID" && wait "$client_PID"; } 2>/dev/null
sleep 0.2
rmmod xrsched_sample 2>/dev/null
rmmod xrsched
exit "$failed"
