# SPDX-License-Identifier: MIT
#
# The tutorial with its screens.  In: its source, in which a line `.\" screen NAME` stands for a screen, and the folder
# of the screens in -v screens=.  Out: the manual page.  A screen that is not there ends it with status 1.

# Text that a line of roff begins with or has in it must not act.
function put(line)
{
	gsub(/\\/, "\\e", line)
	gsub(/-/, "\\-", line)
	if (line ~ /^[.']/)
		line = "\\&" line
	print line
}

function screen(name, file, line, n)
{
	file = screens "/" name ".txt"
	print ".in 0\n.EX"
	for (n = 0; (getline line < file) > 0; n++)
		put(line)
	close(file)
	print ".EE\n.in"
	if (!n) {
		print FILENAME ":" FNR ": there is no screen " file >"/dev/stderr"
		missing = 1
	}
}

NR == 1 {
	print "'\\\" -*- coding: utf-8 -*-"
}

/^\.\\" screen / {
	screen($3)
	next
}

{
	print
}

END {
	exit missing
}
