#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples (tools/examples), as a user runs them.
#
# usage: make -C tests/kselftest
#        tests/stress/examples.sh    (in a VM, see tests/vm/run)
#
# TAP on standard output.
# shellcheck disable=SC2317 # functions are called by expect() and trap
set -uo pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=${dir%/tests/stress}
build=${BUILD:-$top/build}
[[ ${XRSCHED_KO-} ]] || { echo "Bail out! no module to be tested"; exit 1; }

tmp=$(mktemp -d)
loaded=
cleanup()
{
	[[ ! $loaded ]] || busybox rmmod xrsched
	rm -rf "$tmp"
}
trap cleanup EXIT

number=0 failed=0
# expect WHAT COMMAND…
expect()
{
	local what=$1
	shift
	if "$@"; then
		echo "ok $((++number)) examples: $what"
	else
		echo "not ok $((++number)) examples: $what"
		sed 's/^/# /' "$tmp/out"
		failed=1
	fi
}
# example NAME: it ends well, and soon
example() { timeout 60 "$build/examples/$1" >"$tmp/out" 2>&1; }
# says TEXT [TIMES]
says() { [[ $(grep -cE -- "$1" "$tmp/out") -eq ${2:-1} ]]; }
took() { (($(sed -n 's/.* in \([0-9]*\) ms$/\1/p' "$tmp/out") >= $1)); }
# An engine comes and goes while the example listens.
events_by_libnl()
{
	local pid quiet=3
	# Debug kernels take seconds to start a command on a busy machine.
	[[ ${XRSCHED_KERNEL-} != debug-* ]] || quiet=15
	"$build/examples/libnl" "$quiet" >"$tmp/out" 2>&1 &
	pid=$!
	for _ in {1..100}; do
		says '^listening$' && break
		sleep 0.05
	done
	"$build/bin/xrsched" engine add --class npu --name extra >/dev/null &&
		"$build/bin/xrsched" engine del extra >/dev/null
	wait "$pid" && says '^2 events of engines$'
}
fails() { ! example "$1"; }

[[ -e /sys/module/xrsched ]] || {
	busybox insmod "$XRSCHED_KO"
	loaded=1
}
for _ in {1..50}; do
	[[ -c /dev/xrsched0 ]] && break
	sleep 0.1
done

# Nobody can run its model yet.
expect 'one-shot, without an engine' fails one-shot
expect '… says what became of the job' says '^photo 42: failed after'
expect 'an engine' "$build/bin/xrsched" engine add --class npu
expect 'one-shot' example one-shot
expect '… its cookie and outcome' says '^photo 42: done after [0-9]+ us$'
expect 'stream' example stream
expect '… all frames, none given up by a fault' \
	says '^30 frames, [0-9]+ late, [0-9]+ lost, in [0-9]+ ms$'
expect '… at 60 a second, not faster' took 483
if grep -q ' sync_file_create$' /proc/kallsyms; then
	expect 'pipeline' example pipeline
	expect '… both stages of each frame, in order' \
		says '^frame [0-3]: done, then done$' 4
else
	expect 'pipeline, on a kernel without sync_file' fails pipeline
	expect '… says what is missing' says '^fences: Operation not supported'
fi
expect 'epoll' example epoll
expect '… all frames' says '^20 frames submitted, 20 ended$'
expect 'libnl' example libnl
expect '… an engine' says '^device 0 engine 0: engine0, class npu, [1-9][0-9]* layers$'
expect '… nothing happens meanwhile' says '^0 events of engines$'
expect '… and something does' events_by_libnl
busybox rmmod xrsched && loaded=
expect 'without the module' fails one-shot
expect '… says what is missing' says '^/dev/xrsched0: No such file'
expect 'the kernel log' "$top/tests/vm/log-gate" --dmesg
echo "1..$number"
exit $failed
