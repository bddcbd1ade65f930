#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Calls that make no sense, beside a client that behaves: tests/kselftest/fuzz.c.
#
# usage: tests/stress/fuzz.sh [OPTION...]   (in a VM, see tests/vm/run)
#
# Options are those of fuzz: --calls, --seed, --processes, --limit. Without
# --calls 100000. TAP. A million, on the kernel with KASAN: tests/run fuzz.
set -uo pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=${dir%/tests/stress}
fuzz=${BUILD:-$top/build}/tests/kselftest/fuzz

[[ ${XRSCHED_KO-} ]] || { echo "Bail out! no module to be tested"; exit 1; }

busybox insmod "$XRSCHED_KO" nr_devices=2 || exit 1
chmod 666 /dev/xrsched0 /dev/xrsched1
code=0
"$fuzz" --calls 100000 "$@" || code=$?
busybox rmmod xrsched || code=1
exit "$code"
