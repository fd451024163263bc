#!/bin/sh
# SPDX-License-Identifier: MIT
#
# ./autogen.sh         makes configure, as in any GNU program
# ./autogen.sh run     installs what is missing (Debian), builds in build/, opens the demo
# ./autogen.sh check   the same, and runs all tests instead
# ./autogen.sh deps    only installs what is missing
set -eu
cd "$(dirname "$0")"

BUILD_PACKAGES="gcc make autoconf automake pkg-config
	libncurses-dev libconfuse-dev libsqlite3-dev libcurl4-openssl-dev libical-dev
	libjansson-dev libxml2-dev libqrencode-dev libcsv-dev tzdata"
CHECK_PACKAGES="libcmocka-dev libvterm-dev"

say() {
	printf 'nevermiss: %s\n' "$*"
}

# Says what is missing and installs it; root is asked for only when something is.
install_missing() {
	if ! command -v dpkg-query >/dev/null 2>&1; then
		say "not a Debian system: configure will name what is missing"
		return
	fi
	missing=
	for package in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
		*" installed") ;;
		*) missing="$missing $package" ;;
		esac
	done
	if [ -z "$missing" ]; then
		return
	fi
	say "missing:$missing"
	if [ "$(id -u)" -eq 0 ]; then
		as_root=
	elif command -v sudo >/dev/null 2>&1; then
		say "installing them needs root: sudo may ask for your password"
		as_root=sudo
	else
		say "installing them needs root; as root, run: apt-get install$missing" >&2
		exit 1
	fi
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
	# shellcheck disable=SC2086
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
	# What configure found out before may no longer hold.
	rm -f build/Makefile
}

build() {
	[ -x configure ] || autoreconf --force --install
	mkdir -p build
	[ -f build/Makefile ] || (cd build && ../configure --quiet)
	make -C build -j"$(nproc 2>/dev/null || echo 1)" -s
}

case ${1-} in
"")
	autoreconf --force --install
	say "now: ./configure && make && make check && make install"
	;;
run)
	# shellcheck disable=SC2086
	install_missing $BUILD_PACKAGES
	build
	exec build/nevermiss demo
	;;
check)
	# shellcheck disable=SC2086
	install_missing $BUILD_PACKAGES $CHECK_PACKAGES
	build
	exec make -C build -j"$(nproc 2>/dev/null || echo 1)" -s check
	;;
deps)
	# shellcheck disable=SC2086
	install_missing $BUILD_PACKAGES $CHECK_PACKAGES
	;;
*)
	sed -n '4,7s/^# //p' "$0" >&2
	exit 2
	;;
esac
