#!/bin/bash
# SPDX-License-Identifier: MIT
# No secret anywhere: secrets.sh PROGRAM.  Pushes plans, whose accounts have their secret from a command, the
# environment and a file, to a carrier on loopback that quotes it in every answer; then looks for it in all that was
# printed, in the store, in every file that was left, and in what processes were started as.  Ends with
# "N passed, M failed"; exit 1 on failure.
set -u
program=$(realpath "${1:?usage: secrets.sh PROGRAM}")
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT
passed=0
failed=0
export HOME=$tmp/home
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME NEVERMISS_PLAN http_proxy https_proxy all_proxy ALL_PROXY
mkdir -p "$HOME" "$tmp/carrier" "$tmp/hidden"

# What is looked for: the secret, and what HTTP, JSON and forms make of it.  It never stands on a command line.
umask 077
/usr/bin/python3 - "$tmp/hidden" <<'PYTHON'
import base64, json, secrets, sys, urllib.parse
folder = sys.argv[1]
secret = "tok/" + secrets.token_hex(12) + '+"\\q%41'
forms = [secret, json.dumps(secret)[1:-1], json.dumps(json.dumps(secret)[1:-1])[1:-1], secret.replace("/", "\\/"),
         urllib.parse.quote(secret, safe=""), secret[4:28], secret.encode().hex()]
for user in ("pat", "AC" + "0" * 32, ""):
    forms.append(base64.b64encode(f"{user}:{secret}".encode()).decode())
forms.append(base64.b64encode(secret.encode()).decode())
open(f"{folder}/token", "w").write(secret + "\n")
open(f"{folder}/forms", "w").write("\n".join(forms) + "\n")
PYTHON

/usr/bin/python3 "$here/echo.py" "$tmp/hidden/token" "$tmp/carrier" >"$tmp/port" 2>"$tmp/carrier/log" &
server=$!
for _ in $(seq 100); do
	[ -s "$tmp/port" ] && break
	sleep 0.1
done
port=$(cat "$tmp/port")

verdict() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

# plan DRIVER SOURCE: on stdout.
plan() {
	cat <<PLAN
business = "Smith"
timezone = "America/Chicago"
country = "US"
account office { driver = $1 endpoint = "http://127.0.0.1:$port" $2 $3 }
line main { number = "+15125550100" account = office }
line desk { number = "+15125550101" account = office }
destination owner { kind = personal number = "+15125550111" own_voicemail = none }
path day { step { ring = owner for = 20s } }
rule always { path = day }
PLAN
}

# Every command that speaks to a carrier, or of it.
all=("diff" "diff --json" "push --dry-run" "push --yes" "push --json --yes" "rollback --line main --yes" "history"
	"history --json" "screen push --size 120x40" "text --to owner --yes" "text --list --json")

# run DRIVER SOURCE STATUS COMMAND...
run() {
	local dir=$tmp/left/$1-$2-$3 driver=$1 source=$2 status=$3
	shift 3
	mkdir -p "$dir"
	echo "$status" >"$tmp/carrier/status"
	: >"$tmp/carrier/arrived"
	plan "$driver" "$(keys "$driver")" "$(source_of "$source")" >"$dir/plan.conf"
	(
		cd "$dir" || exit 1
		if [ "$source" = env ]; then
			NM_TEST_TOKEN=$(cat "$tmp/hidden/token")
			export NM_TEST_TOKEN
		fi
		for command in "$@"; do
			# shellcheck disable=SC2086
			timeout 60 "$program" -p plan.conf --data data $command </dev/null >>stdout 2>>stderr
		done
	)
	if grep -q "in this build" "$dir/stdout" "$dir/stderr"; then
		rm -r "$dir"
		return
	fi
	[ -s "$tmp/carrier/arrived" ]
	verdict $? "$driver, $source, $status: the secret never reached the carrier"
	[ -n "$(find "$dir/data" -name '*.db*' -size +0 2>/dev/null)" ]
	verdict $? "$driver, $source, $status: there is no store"
	# The words of a refusal are told: it is only the secret that is missing.
	[ "$status" != "$(refuses_with "$driver")" ] || grep -q 'no: ' "$dir/stdout"
	verdict $? "$driver, $source, $status: the carrier's words are not told"
}

keys() {
	case $1 in
	twilio) echo 'sid = "AC00000000000000000000000000000000"' ;;
	voipms) echo 'user = "pat"' ;;
	esac
}

# A status with which it gives its reasons.
refuses_with() {
	case $1 in
	voipms) echo 200 ;;
	*) echo 401 ;;
	esac
}

source_of() {
	case $1 in
	cmd) echo "token_cmd = \"cat $tmp/hidden/token\"" ;;
	env) echo "token_env = NM_TEST_TOKEN" ;;
	file) echo "token_file = \"$tmp/hidden/token\"" ;;
	esac
}

mkdir -p "$tmp/left"
for driver in telnyx twilio voipms; do
	for source in cmd env file; do
		run "$driver" "$source" 401 "${all[@]}"
	done
	run "$driver" cmd 200 "${all[@]}"
	run "$driver" cmd 422 "${all[@]}"
	run "$driver" cmd 503 "push --yes" "history" # asked for again and again, which takes its time
done

# looked NAME FOLDER...: the secret is nowhere below.
looked() {
	local name=$1 found
	shift
	found=$(grep -r -a -l -F -f "$tmp/hidden/forms" "$@" 2>/dev/null)
	[ -z "$found" ]
	verdict $? "the secret is in $name: $found"
}
looked "what was printed, stored or left" "$tmp/left" "$HOME"
looked "what processes were started as" "$tmp/carrier/cmdlines"
# The watch itself sees.
cp "$tmp/hidden/token" "$tmp/seen"
grep -q -a -F -f "$tmp/hidden/forms" "$tmp/seen"
verdict $? "the watch sees nothing"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
