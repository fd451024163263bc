#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A store on a file system that is read-only: what reads works as on the one before, and what would write says so and
# ends with status 4.  Root mounts one (a tmpfs, in a mount namespace of its own); who may not is told, and what
# --read-only does is held to the same then.
set -u
: "${NM_SRCDIR:?}" "${NM_PROGRAM:?}"
if [ "${1-}" != inside ]; then
	folder=$(mktemp -d) || exit 1
	trap 'rm -rf "$folder"' EXIT
	if unshare -m true 2>/dev/null && unshare -m sh -c 'mount -t tmpfs none "$1"' sh "$folder" 2>/dev/null; then
		unshare -m sh "$0" inside "$folder" mounted
	else
		echo "no file system can be mounted here: the same is asked of --read-only, in a folder that can be written to"
		sh "$0" inside "$folder" option
	fi
	exit
fi
folder=$2 how=$3 option=
passed=0 failed=0
[ "$how" = option ] || mount -t tmpfs none "$folder" || exit 1
cp "$NM_SRCDIR/examples/plumber.conf" "$NM_SRCDIR/examples/us-federal-holidays.ics" "$folder"
cat >"$folder/calls.csv" <<'EOF'
at,from,to,status,rang,by,duration
2026-11-23 09:00,+15125550198,main,answered,30,owner,60
2026-11-23 09:10,+15125550197,main,missed,30,,0
EOF

run() {
	"$NM_PROGRAM" -p "$folder/plumber.conf" --data "$folder/data" $option --now 2026-11-23T10:00:00-06:00 "$@" \
		>"$folder.out" 2>&1 </dev/null
	status=$?
}

judge() {
	if [ "$1" = yes ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2: status $status"
		cat "$folder.out"
	fi
}

# One command a line; what each says before is kept, to be said again.
reading='check
calls list
calls show 1
calls explain 1
calls explain --all
followup list
report
replay
history
diff
week
simulate
text --list
crm list
screen calls
screen now'
writing="calls import $folder/calls.csv
push --yes
rollback --yes
followup done 1 --outcome lost
followup call 1 --yes
followup add --channel phone --number +15125550133
override --for 2h --path after-hours away
text --opt-out +15125550197 --yes
calls forget +15125550197 --yes
sandbox --line main --fail refuse
agent --once"

trap 'rm -rf "$folder.out" "$folder".said.*' EXIT
run push --yes
run calls import "$folder/calls.csv"
judge "$([ $status -eq 0 ] && echo yes)" "two calls are logged"
n=0
while read -r line; do
	n=$((n + 1))
	run $line
	echo "status $status" | cat "$folder.out" - >"$folder.said.$n"
done <<EOF
$reading
EOF
if [ "$how" = mounted ]; then
	mount -o remount,ro "$folder" || exit 1
	sentence="nothing is written: $folder/data is on a file system that is read-only"
else
	option=--read-only
	sentence="read-only: nothing is written"
fi
n=0
while read -r line; do
	n=$((n + 1))
	run $line
	echo "status $status" >>"$folder.out"
	# A screen names no keys that would write.
	sed 's/read-only/plan saved/; /? help/d' "$folder.out" | tr -s ' ' >"$folder.said.now"
	sed '/? help/d' "$folder.said.$n" | tr -s ' ' | diff - "$folder.said.now" && same=yes || same=no
	judge $same "$line"
done <<EOF
$reading
EOF
while read -r line; do
	run $line
	judge "$([ $status -eq 4 ] && grep -qF "$sentence" "$folder.out" && echo yes)" "$line"
done <<EOF
$writing
EOF
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
