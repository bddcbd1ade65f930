#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Load and unload the module again and again, with work in flight.
#
# usage: tests/stress/reload.sh [ROUNDS]    (20; in a VM, see tests/vm/run)
#
# In each round a client keeps the device busy. While it lives, rmmod must be
# refused; as soon as it was killed, its jobs amid whatever they were in, rmmod
# must succeed. In every other round rmmod is already trying when it dies.
# TAP on standard output, a line for each round.

set -uo pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=${dir%/tests/stress}
busy=${BUILD:-$top/build}/tests/kselftest/busy
gate=$top/tests/vm/log-gate
rounds=${1:-20}

[[ ${XRSCHED_KO-} ]] || { echo "Bail out! no module to be tested"; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Closing a killed process's files takes a moment.
unload()
{
	local tries
	for ((tries = 0; tries < 200; tries++)); do
		rmmod xrsched 2>/dev/null && return
		sleep 0.01
	done
	rmmod xrsched
}

# Sets "pid" to a client that is busy.
start_client()
{
	local word fd
	coproc client { exec "$busy"; }
	# shellcheck disable=SC2154 # by coproc
	pid=$client_PID fd=${client[0]}
	read -r -t 10 -u "$fd" word && [[ $word == busy ]]
}

round()
{
	insmod "$XRSCHED_KO" || return
	start_client || { echo "# the client did not start"; return 1; }
	if rmmod xrsched 2>/dev/null; then
		echo "# unloaded under an open file"
		return 1
	fi
	if (($1 % 2)); then
		{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
		unload
	else
		unload &
		local unloader=$!
		{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
		wait "$unloader"
	fi || { echo "# rmmod failed"; return 1; }
	[[ ! -e /dev/xrsched0 && ! -e /sys/module/xrsched ]] ||
		{ echo "# something is left"; return 1; }
}

# The log holds nothing bad that it did not hold before.
log_is_good()
{
	dmesg | cmp -s - "$log" || "$gate" --dmesg --since "$log"
}

echo "TAP version 13"
echo "1..$rounds"
failed=0
for ((i = 1; i <= rounds; i++)); do
	dmesg >"$log"
	if round "$i" && log_is_good; then
		echo "ok $i reload.round_$i"
	else
		echo "not ok $i reload.round_$i"
		failed=1
		rmmod xrsched 2>/dev/null
	fi
done
exit "$failed"
