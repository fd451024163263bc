#!/bin/sh
# SPDX-License-Identifier: MIT
# Calendars against dateutil: ical.sh PROGRAM [CALENDARS] [SEED], PROGRAM being the built ical_oracle.
# Needs Debian's python3-dateutil and tzdata.  Ends with "N passed, M failed"; exit 1 on failure.
program=${1:?usage: ical.sh PROGRAM [CALENDARS] [SEED]}
here=$(dirname "$0")
python=
for candidate in /usr/bin/python3 python3; do
	if "$candidate" -c 'import dateutil.rrule, zoneinfo' 2>/dev/null; then
		python=$candidate
		break
	fi
done
if [ -z "$python" ]; then
	echo "ical.sh: dateutil is missing: apt-get install python3-dateutil" >&2
	echo "0 passed, 1 failed"
	exit 1
fi
exec "$python" "$here/ical.py" "$program" "${2:-100}" "${3:-5545}"
