#!/bin/sh
# SPDX-License-Identifier: MIT
# Pushes to Twilio's published contract.  Usage: twilio.sh NEVERMISS FOLDER
# FOLDER has twilio-api.openapi.json and twilio-studio.openapi.json, cut from twilio/twilio-oai.  Prism is
# installed into a folder of its own and refuses every request that breaks the contract; the last line says
# "N passed, M failed", and the exit status is 1 when any did.
set -eu
if [ $# -ne 2 ]; then
	echo "usage: twilio.sh NEVERMISS FOLDER" >&2
	exit 2
fi
program=$(realpath "$1")
files=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/package.json" "$here/twilio.mjs" "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund --no-package-lock >&2
node twilio.mjs "$program" "$files"
