#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs every case of tests/golden/commands: NAME/cmd is a shell script with $nevermiss, $data (the
# case's own folder) and $tmp (a fresh one); what it prints, errors and statuses included, must equal
# NAME/expected.  NM_GOLDEN_UPDATE=1 rewrites.
set -u
: "${NM_SRCDIR:?}" "${NM_PROGRAM:?}"
cases=$NM_SRCDIR/tests/golden/commands
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
passed=0
failed=0

XDG_CONFIG_HOME=$out/none XDG_DATA_HOME=$out/none TZ=UTC LC_ALL=C.UTF-8 HOME=$out/none
export XDG_CONFIG_HOME XDG_DATA_HOME TZ LC_ALL HOME
unset NO_COLOR NEVERMISS_PLAN NEVERMISS_THEME EDITOR VISUAL SSH_CONNECTION

for case in "$cases"/*/; do
	name=$(basename "$case")
	if [ ! -s "$case/cmd" ]; then
		echo "FAILED $name: no cmd"
		failed=$((failed + 1))
		continue
	fi
	mkdir -p "$out/$name"
	(
		cd "$case" || exit 1
		nevermiss=$NM_PROGRAM tmp=$out/$name data=$out/$name/data examples=$NM_SRCDIR/examples
		# A case says what its commands' statuses are by itself: echo "status $?".
		export nevermiss tmp data examples
		sh ./cmd
	) >"$out/$name.got" 2>&1 </dev/null
	sed -e "s#$out/$name#TMP#g" -e "s#$NM_SRCDIR#SRC#g" -e "s/ $(id -un) */ USER /" \
		"$out/$name.got" >"$out/$name.clean"
	if [ "${NM_GOLDEN_UPDATE-}" = 1 ]; then
		cp "$out/$name.clean" "$case/expected"
	fi
	if [ -s "$case/expected" ] && diff -u "$case/expected" "$out/$name.clean"; then
		passed=$((passed + 1))
	else
		echo "FAILED $name"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
