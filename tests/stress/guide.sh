#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The guide "write an engine" (Documentation/engines.md), followed to the letter:
# its C text is example-server.c, and its commands are run one after the other.
#
# usage: tests/stress/guide.sh    (in a VM, see tests/vm/run)
#
# TAP on standard output.
# shellcheck disable=SC2317 # functions are called by expect() and trap
set -uo pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=${dir%/tests/stress}
build=${BUILD:-$top/build}
guide=$top/Documentation/engines.md
[[ ${XRSCHED_KO-} ]] || { echo "Bail out! no module to be tested"; exit 1; }

tmp=$(mktemp -d)
loaded=
cleanup()
{
	busybox rmmod xrsched_sample 2>/dev/null
	[[ ! $loaded ]] || busybox rmmod xrsched
	rm -rf "$tmp"
}
trap cleanup EXIT

# block WORDS: the text of all blocks that are called so
block()
{
	awk -v fence="\`\`\`$1" '
		$0 == fence { inside = 1; next }
		/^```$/ { inside = 0 }
		inside' "$guide"
}

number=0 failed=0
# expect WHAT COMMAND…
expect()
{
	local what=$1
	shift
	if "$@" >"$tmp/why" 2>&1; then
		echo "ok $((++number)) guide: $what"
	else
		echo "not ok $((++number)) guide: $what"
		sed 's/^/# /' "$tmp/why" "$tmp/out"
		failed=1
	fi
}
says() { grep -q -- "$1" "$tmp/out"; }
engines() { [[ $(grep -c "$1" "$tmp/out") -eq $2 ]]; }
short() { (($(wc -l <"$1") < 100)); }

# Does what the guide says, as the user; what comes of it is in $tmp/out.
follow()
{
	(
		cd "$tmp/user" || exit
		PATH=$tmp/bin:$build/bin:$PATH LD_LIBRARY_PATH=$build/lib \
			PKG_CONFIG_PATH=$tmp bash -e "$tmp/commands"
	) >"$tmp/out" 2>&1 </dev/null
}

# As a user has it: installed (where it was built), and a way to become root.
mkdir "$tmp/bin" "$tmp/user"
sed -e "s|@PREFIX@|$build|" -e 's|@VERSION@|0|' \
	"$top/libxrsched/libxrsched.pc.in" >"$tmp/libxrsched.pc"
printf '#!/bin/sh\nexec "$@"\n' >"$tmp/bin/sudo"
printf '#!/bin/sh\nexec busybox %s "$@"\n' insmod >"$tmp/bin/insmod"
printf '#!/bin/sh\nexec busybox %s "$@"\n' rmmod >"$tmp/bin/rmmod"
chmod +x "$tmp/bin/"*
cp "$top/Documentation/example-server.c" "$top/Documentation/example-client.c" \
	"$tmp/user"
block sh >"$tmp/commands"
: >"$tmp/out"

expect 'the text is the example' \
	diff <(block c) "$top/Documentation/example-server.c"
expect 'it has under 100 lines' short "$top/Documentation/example-server.c"
[[ -e /sys/module/xrsched ]] || {
	busybox insmod "$XRSCHED_KO"
	loaded=1
}
for _ in {1..50}; do
	[[ -c /dev/xrsched0 ]] && break
	sleep 0.1
done
expect 'its commands' follow
expect 'the engine is up' says '^engine 0 is up'
expect 'it is listed' says 'upper .*server'
expect 'a text in capitals' says '^HELLO, WORLD$'
expect 'a buffer that is too small' says '^outcome 4, reason 11'
expect 'the engine goes on' says '^STILL THERE$'
expect 'what it executed' says '"layers": *2,'
expect 'the engine goes with its process' engines 'upper' 2
# The other door. An emulated processor takes minutes to build a module:
# tests/check/run does what the guide says of that.
mkdir "$tmp/user/my-engine"
cp "${XRSCHED_KO%/*}/xrsched_sample.ko" "$tmp/user/my-engine"
{ echo cd my-engine && block 'sh run a driver'; } |
	sed 's/my_engine/xrsched_sample/g' >"$tmp/commands"
expect 'driver: its commands' follow
expect 'driver: it is listed' says 'engine0 .*upper .*driver'
expect 'driver: a job' says '^hello, world$'
expect 'driver: a scenario' says '^engine0 .*ws-2k'
expect 'the kernel log' "$top/tests/vm/log-gate" --dmesg
echo "1..$number"
exit $failed
