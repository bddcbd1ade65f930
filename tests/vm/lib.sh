# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Common to the scripts of tests/vm: where things are, and how to complain.

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by the scripts that read this file
top_dir=${vm_dir%/tests/vm}
# The tree that holds kmod/ and uapi/; the self-test points it at a dummy.
# shellcheck disable=SC2034
src_dir=${XRSCHED_SRCDIR:-$top_dir}
cache_dir=${XRSCHED_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/xrsched}
# shellcheck disable=SC2034
kernel_names="stock generic 6.12 debug-kasan debug-kcsan"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die()
{
	say "$*"
	exit "${die_code:-125}"
}

# The text of --help is the comment block at the top of each script.
usage() { sed -n '/^$/q; s/^# \{0,1\}//; 3,$p' "$0"; }

# need COMMAND PACKAGE-GROUP...: stop early, saying what to install.
need()
{
	local cmd=$1
	shift
	[[ $(type -P "$cmd") ]] ||
		die "'$cmd' is missing: run tests/vm/packages --install $*"
}

# locked FILE: hold an exclusive lock on FILE until this process ends.
locked()
{
	local fd
	mkdir -p "${1%/*}"
	exec {fd}>"$1"
	flock -n "$fd" || { say "waiting for another run to finish ($1)"; flock "$fd"; }
}

# Package lists of our own, for a suite the system does not use or a system
# whose lists are empty. The system's configuration is read for the mirror only.
# apt_private SUITES COMMAND...
apt_private()
{
	local suites=$1 dir
	shift
	dir=$cache_dir/apt/${suites//[^a-z-]/_}
	if [[ ! -e $dir/ready ]]; then
		mkdir -p "$dir"/{lists/partial,cache/archives/partial,etc}
		: >"$dir/status"
		local mirror security key=/usr/share/keyrings/debian-archive-keyring.gpg
		mirror=$(apt_uri 'n=bookworm' http://deb.debian.org/debian)
		security=$(apt_uri 'n=bookworm-security' http://deb.debian.org/debian-security)
		[[ -e $key ]] || die "$key is missing: apt-get install debian-archive-keyring"
		local suite uri
		for suite in $suites; do
			uri=$mirror
			[[ $suite == *-security ]] && uri=$security
			echo "deb [signed-by=$key] $uri $suite main"
		done >"$dir/sources.list"
		apt_in "$dir" apt-get -q update >"$dir/update.log" 2>&1 ||
			die "apt-get update failed for $suites, see $dir/update.log"
		: >"$dir/ready"
	fi
	apt_in "$dir" "$@"
}

apt_uri()
{
	local uri
	# shellcheck disable=SC2016 # apt's own variables
	uri=$(apt-get indextargets --format '$(SITE)|$(REPO_URI)' \
		"Codename: ${1#n=}" 'Created-By: Packages' 2>/dev/null |
		sed -n '1{s/.*|//;s,/$,,;p}') || true
	echo "${uri:-$2}"
}

apt_in()
{
	local dir=$1 cmd=$2
	shift 2
	"$cmd" -o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$dir/lists" \
		-o Dir::State::Status="$dir/status" -o Dir::Cache="$dir/cache" \
		-o APT::Sandbox::User= -o Debug::NoLocking=1 "$@"
}

# apt_main COMMAND...: Debian 12 with its updates, in lists of our own.
apt_main() { apt_private "bookworm bookworm-updates bookworm-security" "$@"; }

# apt_any COMMAND... PACKAGE: the system's package lists if they know the
# package, otherwise lists of our own.
apt_any()
{
	local cmd=$1
	shift
	if [[ $(apt-cache show --no-all-versions "${@: -1}" 2>/dev/null) ]]; then
		"$cmd" -o APT::Sandbox::User= "$@"
	else
		apt_main "$cmd" "$@"
	fi
}
