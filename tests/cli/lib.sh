# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Common to the tests of the command: TAP, and checks of what it printed.

xrsched=${XRSCHED:-$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)/build/bin/xrsched}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=$scratch/out
err=$scratch/err
code=0
nr=0
failed=0

# Runs a command; $out, $err and $code are what came of it.
run() {
	code=0
	"$@" >"$out" 2>"$err" || code=$?
}

# The command; one that hangs fails with exit code 124.
x() {
	run timeout 120 "$xrsched" "$@"
}

# until_true COMMAND…: waits for it, twenty seconds at most.
until_true() {
	for _ in {1..200}; do
		"$@" && return
		sleep 0.1
	done
	return 1
}

# Somebody's dump of a moment still holds the module.
unload() { until_true rmmod xrsched 2>/dev/null; }

# ok NAME COMMAND…: a test that passes if the command does.
ok() {
	local name=$1
	shift
	nr=$((nr + 1))
	if "$@" >"$scratch/why" 2>&1; then
		echo "ok $nr $name"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $nr $name"
	{
		echo "$* failed; exit code of the command: $code"
		cat "$scratch/why"
		echo 'its output:'
		head -n 15 "$out"
		echo '…'
		tail -n 3 "$out"
		echo 'its errors:'
		head -n 20 "$err"
	} | sed 's/^/# /'
}

finish() {
	echo "1..$nr"
	[ "$failed" -eq 0 ]
	exit
}

# What is asked of the last command, to be combined by all_of.
exits() { [ "$code" -eq "$1" ]; }
says() { grep -qF -- "$1" "$out"; }
complains() { grep -qF -- "$1" "$err"; }
silent() { [ ! -s "$err" ]; }
prints_nothing() { [ ! -s "$out" ]; }
json() { jq -es "$@" "$out"; }
same() { [ "$1" = "$2" ] || { echo "\"$1\" is not \"$2\""; false; }; }

good() { exits 0 && silent; }

# bad NAME CODE TEXT ARGUMENT…: refused with that text, nothing on stdout.
bad() {
	local name=$1 want=$2 text=$3
	shift 3
	x "$@"
	ok "$name" refused "$want" "$text"
}

refused() {
	exits "$1" && complains "$2" && prints_nothing
}
