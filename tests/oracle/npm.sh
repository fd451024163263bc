#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares an oracle program with a reference from npm.  Usage: npm.sh NAME PROGRAM [COUNT [SEED]]
# NAME is hours (opening_hours.js) or liquid (liquidjs, for the clock of a Twilio flow), PROGRAM the compiled
# NAME_oracle.c.  The reference is installed into a folder of its own; the last line says "N passed, M failed",
# and the exit status is 1 when any did.
set -eu
here=$(dirname "$(realpath "$0")")
if [ $# -lt 2 ] || [ ! -f "$here/$1.mjs" ]; then
	echo "usage: npm.sh hours|liquid PROGRAM [COUNT [SEED]]" >&2
	exit 2
fi
name=$1
program=$(realpath "$2")
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/package.json" "$here/$name.mjs" "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund --no-package-lock >&2
node "$name.mjs" "$program" "$@"
