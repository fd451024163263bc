#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The tutorial must be what its source and the screens of the sessions make of it, every one of an owner's screens that
# it shows must have come, and the page must be one that man reads without a warning.
set -u
: "${NM_SRCDIR:?}"
page=$NM_SRCDIR/tui/man/nevermiss-tutorial.7
made=$(mktemp) || exit 1
trap 'rm -f "$made"' EXIT

awk -v screens="$NM_SRCDIR/tests/golden/stories" -f "$NM_SRCDIR/build-aux/tutorial.awk" "$page.in" >"$made" || exit 1
if ! diff -u "$page" "$made"; then
	echo "FAILED: the tutorial is not what its screens make of it; make tutorial writes it"
	exit 1
fi
[ "$(grep -c '^\.EX$' "$page")" -ge 23 ] || { echo "FAILED: the tutorial has lost its screens"; exit 1; }
if command -v groff >/dev/null; then
	warned=$(groff -man -Kutf8 -Tutf8 -ww -z "$page" 2>&1)
	[ -z "$warned" ] || { echo "FAILED: $warned"; exit 1; }
fi
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$page" || exit 1
fi
echo "the tutorial is as its screens are"
