#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh NAME=FILE...: prints a C table of text files, for programs that carry them along.
set -eu
echo '/* Made by build-aux/embed.sh from the files of examples/. */'
echo 'static const struct {'
echo '	const char *name, *text;'
echo '} demo_files[] = {'
for pair in "$@"; do
	printf '\t{ "%s",\n' "${pair%%=*}"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\r$/\\r/' -e 's/^/\t  "/' -e 's/$/\\n"/' "${pair#*=}"
	printf '\t},\n'
done
echo '};'
