#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares the clock of a Twilio flow with liquidjs.  Usage: liquid.sh LIQUID_ORACLE [COUNT [SEED]]
# LIQUID_ORACLE is the compiled liquid_oracle.c.  The reference is installed into a folder of its own;
# the last line says "N passed, M failed", and the exit status is 1 when any did.
set -eu
if [ $# -lt 1 ]; then
	echo "usage: liquid.sh LIQUID_ORACLE [COUNT [SEED]]" >&2
	exit 2
fi
program=$(realpath "$1")
shift
here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/package.json" "$here/liquid.mjs" "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund --no-package-lock >&2
node liquid.mjs "$program" "$@"
