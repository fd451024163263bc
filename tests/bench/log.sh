#!/bin/sh
# SPDX-License-Identifier: MIT
# The benchmarks of the log of calls, for bench.sh, which says what is built where and how a row is printed:
# log.sh BUILDDIR ROUNDS, with PIN (a command before each run), CC, LIBS.  LOG_CALLS=n is the length of the log (it is
# made once and kept), LOG_INSERTS=n how many calls are inserted for a row.  The reference is SQLite alone with
# the same calls in two tables without an index; where the budget is a time, that stands in place of a ratio.
set -eu
build=${1:?usage: log.sh BUILDDIR ROUNDS}
rounds=${2:?usage: log.sh BUILDDIR ROUNDS}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
data=$build/bench-data/log
calls=${LOG_CALLS:-${CALLS:-10000000}}
inserts=${LOG_INSERTS:-100000}
durable=2000
now=2026-11-30T00:00:00-06:00
mkdir -p "$data"
libs=${LIBS:-"-lconfuse -lsqlite3 -ljansson -lm"}
# shellcheck disable=SC2086
${CC:-gcc} -std=c11 -D_GNU_SOURCE -O2 -I"$top/include" -o "$data/log" "$here/log.c" "$build/libcore.a" -Wl,--as-needed \
	$libs

plan=$data/plan.conf
cat > "$plan" <<'END'
business = "Benchmark" timezone = "America/Chicago" country = "US"
account a { driver = sandbox }
line main { number = "+15125550100" account = a }
schedule day { hours = "Mo-Fr 08:00-18:00" }
destination owner { kind = personal number = "+15125550111" own_voicemail = none }
destination office { kind = backup number = "+15125550112" own_voicemail = none }
destination fixly { kind = ai number = "+15125550177" }
destination box { kind = voicemail greeting = "Benchmark" }
path all { step { ring = owner for = 15s } step { ring = office for = 15s } step { ring = fixly for = 15s } step { ring = box } }
path night { step { ring = fixly for = 15s } step { ring = box } }
rule open { during = day path = all }
rule closed { path = night }
END

fresh() {
	rm -f "$data/a.db" "$data/a.db-wal" "$data/a.db-shm" "$data/b.db" "$data/b.db-wal" "$data/b.db-shm"
}
median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
# row NAME UNIT BUDGET: as bench.sh's; budget_row NAME UNIT BUDGET: what is held is the time itself.
row() {
	awk -v name="$1" -v unit="$2" -v budget="$3" -v a="$(median < "$data/a")" -v b="$(median < "$data/b")" 'BEGIN {
		printf "%-44s %9.2f %9.2f  %-3s %6.2f  %s %s\n", name, a, b, unit, a / b, budget, a <= b * budget ? "" : "OVER"
	}'
	: > "$data/a"
	: > "$data/b"
}
budget_row() {
	awk -v name="$1" -v unit="$2" -v budget="$3" -v a="$(median < "$data/a")" -v b="$(median < "$data/b")" 'BEGIN {
		printf "%-44s %9.2f %9.2f  %-3s %6.2f  %s %s %s\n", name, a, b, unit, a / b, budget, unit, a <= budget ? "" : "OVER"
	}'
	: > "$data/a"
	: > "$data/b"
}
: > "$data/a"
: > "$data/b"

for _ in $(seq "$rounds"); do
	fresh
	${PIN-} "$data/log" insert "$data/a.db" "$inserts" >> "$data/a"
	${PIN-} "$data/log" bare-insert "$data/b.db" "$inserts" >> "$data/b"
done
row "log: a call with its sums, $inserts together" us 1.053
for _ in $(seq "$rounds"); do
	fresh
	${PIN-} "$data/log" durable "$data/a.db" "$durable" >> "$data/a"
	${PIN-} "$data/log" bare-durable "$data/b.db" "$durable" >> "$data/b"
done
row "log: a call, durable" us 1.111
fresh

# The store of the plan, as the program itself names it.
store() {
	"$build/nevermiss" -p "$plan" --data "$data/store" calls list > /dev/null
	find "$data/store" -name '*.db' | head -n 1
}
file=$(store)
if [ ! -f "$data/store/calls-$calls" ]; then
	rm -rf "$data/store"
	file=$(store)
	"$data/log" fill "$file" "$calls" > /dev/null
	touch "$data/store/calls-$calls"
fi
for _ in $(seq "$rounds"); do
	TZ=America/Chicago ${PIN-} "$data/log" report "$file" "$plan" >> "$data/a" 2> "$data/ours"
	TZ=America/Chicago ${PIN-} "$data/log" bare-report "$file" >> "$data/b" 2> "$data/bare"
done
# Both must say the same before any figure counts.
if ! awk 'NR == FNR { a = $1 " " $2 " " sprintf("%.4f", $3) " " $4; next }
	a != $1 " " $2 " " sprintf("%.4f", $3) " " $4 { exit 1 }' "$data/ours" "$data/bare"; then
	echo "DISAGREE   report: $data/ours $data/bare" >&2
	exit 1
fi
budget_row "report over $calls calls" ms 5
whole() {
	from=$(date +%s%N)
	"$@" > /dev/null
	until=$(date +%s%N)
	echo $(((until - from) / 1000)) | awk '{ printf "%.1f\n", $1 / 1000 }'
}
for _ in $(seq "$rounds"); do
	# shellcheck disable=SC2086
	whole ${PIN-} "$build/nevermiss" -p "$plan" --data "$data/store" --now "$now" replay --from 2025-12-01 >> "$data/a"
	# shellcheck disable=SC2086
	whole ${PIN-} "$data/log" bare-replay "$file" >> "$data/b"
done
row "replay $calls calls of the log, whole process" ms 1.5
