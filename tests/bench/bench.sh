#!/bin/sh
# SPDX-License-Identifier: MIT
# The benchmarks, of decisions, the log (log.sh), the interface and a push: bench.sh BUILDDIR [ROUNDS]
# Builds the reference (-O3 -march=native) and our side (against BUILDDIR/libcore.a), makes the
# data once in BUILDDIR/bench-data, checks that both agree, and prints a table of medians; both sides
# take turns, so that a busy machine hits both.  CPU=n picks the core, CALLS=n the length of the log that is replayed,
# LOG=n that of the store's which the interface starts on: at most a million, as a longer one takes minutes to make.
set -eu
build=${1:?usage: bench.sh BUILDDIR [ROUNDS]}
rounds=${2:-5}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
data=$build/bench-data
cc=${CC:-gcc}
calls=${CALLS:-10000000}
logged=${LOG:-1000000}
[ "$logged" -le "$calls" ] || logged=$calls
pin=
command -v taskset > /dev/null && pin="taskset -c ${CPU:-0}"

if ! grep -q avx512bw /proc/cpuinfo; then
	echo "no AVX-512 here: the reference is slower than the one of the budgets"
fi
mkdir -p "$data"
libs=${LIBS:-"-lconfuse -lsqlite3 -ljansson -lm"}
$cc -std=c11 -D_GNU_SOURCE -O2 -o "$data/gen" "$here/gen.c"
$cc -std=c11 -D_GNU_SOURCE -O3 -march=native -o "$data/ideal" "$here/ideal.c"
# shellcheck disable=SC2086
$cc -std=c11 -D_GNU_SOURCE -O2 -I"$top/include" -o "$data/decide" "$here/decide.c" "$build/libcore.a" -Wl,--as-needed $libs
# shellcheck disable=SC2086
$cc -std=c11 -D_GNU_SOURCE -O2 -I"$top/include" -I"$top" -o "$data/push" "$here/push.c" "$build/libcore.a" -Wl,--as-needed $libs
$cc -std=c11 -D_GNU_SOURCE -O2 -o "$data/keys" "$here/keys.c" -lutil
$cc -std=c11 -D_GNU_SOURCE -O2 -o "$data/bare" "$here/bare.c" -lncursesw -ltinfo
$cc -std=c11 -D_GNU_SOURCE -O2 -o "$data/push_bare" "$here/push_bare.c" -lcurl
$cc -std=c11 -D_GNU_SOURCE -O2 -o "$data/push_server" "$here/push_server.c"
[ -f "$data/calls-$calls" ] || { "$data/gen" "$data" "$calls" && touch "$data/calls-$calls"; }
plan=$data/plan.conf

# --- agreement, before any figure ---
same() {
	if cmp -s "$1" "$2"; then
		echo "agree      $3"
	else
		echo "DISAGREE   $3: $1 $2" >&2
		exit 1
	fi
}
for pairs in pairs edges; do
	"$data/decide" decide "$plan" "$data/$pairs.bin" "$data/$pairs.ours" > /dev/null
	"$data/ideal" decide "$data/$pairs.bin" "$data/$pairs.ideal" > /dev/null
	same "$data/$pairs.ours" "$data/$pairs.ideal" "$(stat -c %s "$data/$pairs.ours") decisions of $pairs.bin"
done
"$data/decide" windows "$plan" "$data/windows.ours" > /dev/null
"$data/ideal" windows "$data/windows.ideal" > /dev/null
# The reference lists all sets of groups, ours those that some caller has.
awk 'NR == FNR { has[$1]; next } $1 in has' "$data/windows.ours" "$data/windows.ideal" | LC_ALL=C sort > "$data/windows.a"
LC_ALL=C sort "$data/windows.ours" > "$data/windows.b"
same "$data/windows.b" "$data/windows.a" "$(wc -l < "$data/windows.b") windows over ten years"
for log in calls.bin calls.csv; do
	"$data/decide" replay "$plan" "$data/$log" > "$data/replay.ours"
	"$data/ideal" replay "$data/$log" > "$data/replay.ideal"
	same "$data/replay.ours" "$data/replay.ideal" "replay of $log"
done

# --- figures ---
median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
# Milliseconds of a whole process.
whole() {
	from=$(date +%s%N)
	"$@" > /dev/null
	until=$(date +%s%N)
	echo $(((until - from) / 1000)) | awk '{ printf "%.1f\n", $1 / 1000 }'
}
# row NAME UNIT BUDGET: medians of $data/a (ours) and $data/b (the reference)
row() {
	a=$(median < "$data/a")
	b=$(median < "$data/b")
	awk -v name="$1" -v unit="$2" -v budget="$3" -v a="$a" -v b="$b" 'BEGIN {
		printf "%-44s %9.2f %9.2f  %-3s %6.2f  %s %s\n", name, a, b, unit, a / b, budget, a <= b * budget ? "" : "OVER"
	}'
	: > "$data/a"
	: > "$data/b"
}
: > "$data/a"
: > "$data/b"
printf '%-44s %9s %9s  %-3s %6s  %s\n' "work" "ours" "reference" "" "ratio" "budget"
for _ in $(seq "$rounds"); do
	$pin "$data/decide" decide "$plan" "$data/pairs.bin" "$data/pairs.ours" >> "$data/a"
	$pin "$data/ideal" decide "$data/pairs.bin" "$data/pairs.ideal" >> "$data/b"
done
row "decide one call" ns 1.3
for _ in $(seq "$rounds"); do
	$pin "$data/decide" windows "$plan" "$data/windows.ours" >> "$data/a"
	$pin "$data/ideal" windows "$data/windows.ideal" >> "$data/b"
done
row "whole decisions over ten years" ms 2
for log in bin csv; do
	for _ in $(seq "$rounds"); do
		# shellcheck disable=SC2086
		whole $pin "$data/decide" replay "$plan" "$data/calls.$log" >> "$data/a"
		# shellcheck disable=SC2086
		whole $pin "$data/ideal" replay "$data/calls.$log" >> "$data/b"
	done
	row "replay $calls calls, $log, whole process" ms 1.5
done

# No reference: the budget is a time, that of somebody who waits for an answer.
for plan in plumber team; do
	for _ in $(seq "$rounds"); do
		# shellcheck disable=SC2086
		whole $pin "$build/nevermiss" -p "$top/examples/$plan.conf" --data "$data/store" check >> "$data/a"
	done
	median < "$data/a" | awk -v plan="$plan" '{
		printf "%-44s %9.2f %9s  %-3s %6s  %s %s\n", "check of " plan ".conf, whole process", $1, "-", "ms", "-", "25 ms", $1 <= 25 ? "" : "OVER"
	}'
	: > "$data/a"
done

# --- the log ---
PIN=$pin CC=$cc LIBS=$libs CALLS=$calls sh "$here/log.sh" "$build" "$rounds"
# What others do on the machine meanwhile would be measured too: where they may, interface and push go before them.
first=
chrt -f 1 true 2> /dev/null && first="chrt -f 1"

# --- the interface ---
# Starts until the bar with the keys is drawn; then the cursor goes down the plan and up again.  For memory all screens are
# shown, the log to its end, what a filter leaves of it, and the report of months before; and all of that once more.
down=jjjjjjjjjjkkkkkkkkkk
keys=$down$down$down$down$down
tour=$(printf '1234567\tG/15\rG8hhh7654321')
team() { # STORE ARGUMENT...: the clock stands at the end of the log
	store=$1
	shift
	"$build/nevermiss" -p "$top/examples/team.conf" --data "$store" --now 2027-01-01T00:00:00Z "$@"
}
# The store's log, of every so many of the calls, one in four unanswered: filled as a user would.
if [ ! -f "$data/logged-$logged" ]; then
	rm -rf "$data/log-$logged"
	awk -F, -v every=$((calls / logged)) '
		BEGIN { print "id,at,from,status,duration" }
		NR % every == 0 {
			status = $3 == 0 ? "no-answer" : "completed"
			print NR "," strftime("%Y-%m-%dT%H:%M:%SZ", $1, 1) ",+" $2 "," status "," $7
		}' "$data/calls.csv" | team "$data/log-$logged" calls import - --line service > "$data/logged"
	mv "$data/logged" "$data/logged-$logged"
fi
rm -rf "$data/empty"
team "$data/empty" calls list > "$data/opened" 2>&1 || true # makes the store
interface() {
	# shellcheck disable=SC2086
	env TERM=xterm-256color LC_ALL=C.UTF-8 $first $pin "$data/keys" "$@"
}
ours() { # ROUNDS FIRST KEYS STORE
	interface "$1" "$2" help "$3" "$build/nevermiss" -p "$top/examples/team.conf" --data "$4" --read-only \
		--now 2027-01-01T00:00:00Z
}
: > "$data/c"
for _ in $(seq "$rounds"); do
	ours 5 "" "" "$data/log-$logged" | cut -d ' ' -f 1 >> "$data/a"
	interface 5 "" help "" "$data/bare" | cut -d ' ' -f 1 >> "$data/b"
	ours 5 "" "" "$data/empty" | cut -d ' ' -f 1 >> "$data/c"
done
median < "$data/c" > "$data/d"
row "interface: start, log of $logged calls" ms 2
awk '{ printf "%-44s %9.2f\n", "  the same with an empty log", $1 }' "$data/d"
mine=$(ours "$rounds" 2 "$keys" "$data/log-$logged")
bare=$(interface "$rounds" "" help "$keys" "$data/bare")
toured=$(ours "$rounds" "$tour" "" "$data/log-$logged" | cut -d ' ' -f 5)
echo "$mine $bare $toured" | awk '
function row(name, unit, a, b, budget, over) {
	printf "%-44s %9.2f %9s  %-3s %6s  %s %s\n", name, a, b == "-" ? b : sprintf("%.2f", b), unit, b == "-" ? b : sprintf("%.2f", a / b), budget, over ? "OVER" : ""
}
{
	row("interface: key to screen, 120x40", "ms", $2, $7, 1.3, $2 > 1.3 * $7)
	# Where the reference takes longer than that, what others do on the machine was measured: there it may be as slow.
	row("  of a hundred keys the slowest", "ms", $3, $8, "1 ms", $3 > 1 && $3 > 1.3 * $8)
	row("  bytes a key", "", $4, $9, "300", $4 > 300)
	row("interface: memory", "MiB", $5 / 1024, "-", "8 MiB", $5 > 8192)
	row("  at most on a tour of all eight screens", "MiB", $11 / 1024, "-", "8 MiB", $11 > 8192)
}'

# --- a push ---
# The reference is the time that 64 connections take if nothing but the carrier takes any: 16 rounds of 50 ms.
lines=1000
latency=50
connections=64
# shellcheck disable=SC2086
$first "$data/push_server" "$latency" 120 > "$data/port" &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
for _ in $(seq 50); do
	[ -s "$data/port" ] && break
	sleep 0.1
done
port=$(cat "$data/port")
: > "$data/c"
for _ in $(seq "$rounds"); do
	# shellcheck disable=SC2086
	$first "$data/push" "$port" "$lines" >> "$data/a"
	# shellcheck disable=SC2086
	$first "$data/push_bare" "$port" "$lines" "$connections" >> "$data/c"
	echo $(((lines + connections - 1) / connections * latency)) >> "$data/b"
done
row "push $lines lines, carrier takes $latency ms" ms 1.03
median < "$data/c" | awk '{ printf "%-44s %9.2f\n", "  the same by curl alone", $1 }'
