#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh NAME=FILE...: prints a C table of text files, for programs that carry them along; embed.sh FILE: one
# text alone, as a string.
set -eu
string() {
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\r$/\\r/' -e 's/^/\t  "/' -e 's/$/\\n"/' "$1"
}
case $1 in
*=*) ;;
*)
	string "$1"
	exit
	;;
esac
echo '/* Made by build-aux/embed.sh from the files of examples/. */'
echo 'static const struct {'
echo '	const char *name, *text;'
echo '} demo_files[] = {'
for pair in "$@"; do
	printf '\t{ "%s",\n' "${pair%%=*}"
	string "${pair#*=}"
	printf '\t},\n'
done
echo '};'
