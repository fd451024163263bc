#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares our hours with opening_hours.js.  Usage: hours.sh HOURS_ORACLE [COUNT [SEED]]
# HOURS_ORACLE is the compiled hours_oracle.c.  The reference is installed into a folder of its own;
# the last line says "N passed, M failed", and the exit status is 1 when any did.
set -eu
if [ $# -lt 1 ]; then
	echo "usage: hours.sh HOURS_ORACLE [COUNT [SEED]]" >&2
	exit 2
fi
program=$(realpath "$1")
shift
here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/package.json" "$here/hours.mjs" "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund --no-package-lock >&2
node hours.mjs "$program" "$@"
