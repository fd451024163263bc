#!/bin/sh
# SPDX-License-Identifier: MIT
# Pushes to a Telnyx that is held to its published contract.  Usage: telnyx.sh NEVERMISS OPENAPI
# NEVERMISS is the program, OPENAPI the carrier's file.  Prism is installed into a folder of its own and judges
# every request and answer; the last line says "N passed, M failed", and the exit status is 1 when any did.
set -eu
if [ $# -ne 2 ]; then
	echo "usage: telnyx.sh NEVERMISS OPENAPI" >&2
	exit 2
fi
program=$(realpath "$1")
openapi=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
carrier=''
prism=''
passed=0
failed=0
trap 'kill $carrier $prism 2>/dev/null; wait; rm -rf "$folder"' EXIT
cp "$here/package.json" "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund --no-package-lock >&2

free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
port=$(free_port)
/usr/bin/python3 "$here/telnyx.py" "$port" +15125550100 >carrier.log 2>&1 &
carrier=$!
proxy=$(free_port)
node_modules/.bin/prism proxy -h 127.0.0.1 -p "$proxy" --errors "$openapi" "http://127.0.0.1:$port" >prism.log 2>&1 &
prism=$!
until grep -q listening prism.log; do
	kill -0 "$prism" || { cat prism.log; exit 1; }
	sleep 0.1
done

cat >plan.conf <<END
timezone = "America/Chicago"
country = "US"
account telnyx { driver = telnyx  endpoint = "http://127.0.0.1:$proxy/"  token_env = "TELNYX_KEY" }
line main { number = "+15125550100"  account = telnyx  handset = desk }
destination desk { kind = backup  line = main  own_voicemail = none }
destination owner { kind = personal  number = "+15125550111"  own_voicemail = none }
path both { step { ring = desk }  step { ring = owner } }
path one { step { ring = owner } }
rule all { path = one }
END
TELNYX_KEY=KEY0123456789
export TELNYX_KEY

nevermiss() {
	"$program" -p plan.conf --data data "$@" >out 2>&1 && echo 0 >status || echo $? >status
	cat out >>all
}
# ask PATH [BODY]: the carrier itself, past Prism.
ask() {
	/usr/bin/python3 -c 'import sys, urllib.request as u
print(u.urlopen(u.Request(sys.argv[1], sys.argv[2].encode() or None)).read().decode())' \
		"http://127.0.0.1:$port/$1" "${2-}" >out
	echo 0 >status
}
# says WHAT STATUS TEXT: the last command ended so, and printed this.
says() {
	if [ "$(cat status)" = "$2" ] && grep -qF -- "$3" out; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: status $(cat status), wanted $2 and \"$3\"; it said:"
		sed 's/^/  /' out
	fi
}

nevermiss push --yes
says "the first push" 0 "main: pushed, read back, same"
nevermiss diff
says "in sync afterwards" 0 "in sync"
sed -i 's/path = one/path = both/' plan.conf
nevermiss push --yes
says "the line's own phone first" 0 "main: pushed, read back, same"
ask _log
says "on-failure" 0 '"forwarding_type": "on-failure"'
ask _set '{"forwards_to": "+15125550199"}'
nevermiss diff
says "a change behind its back" 1 "live desk until the caller gives up, on failure +15125550199 until the caller gives up"
ask _fail '{"status": 429, "times": 2, "done": false}'
nevermiss push --yes
says "too many requests" 0 "main: pushed, read back, same"
ask _set '{"call_forwarding_enabled": false}'
ask _fail '{"status": 500, "times": 1, "done": true}'
nevermiss push --yes
says "an error after the effect" 0 "main: pushed, read back, same"
ask _set '{"call_forwarding_enabled": false}'
ask _fail '{"status": 422, "times": 1, "done": false}'
nevermiss push --yes
says "a refusal, in its own words" 3 "Told to fail: by the test (422); in force now: what was there before"
nevermiss push --yes
says "the next run mends it" 0 "main: pushed, read back, same"
sed -i 's/^rule all.*/schedule day { hours = "Mo-Fr 08:00-18:00" }\nrule day { during = day path = one }\nrule all { path = both }/' plan.conf
nevermiss agent --once --now "2026-11-23 12:00"
says "the agent by day" 0 "lines pushed: 1"
nevermiss agent --once --now "2026-11-23 17:00"
says "the agent later that day" 0 "lines pushed: 0"
nevermiss agent --once --now "2026-11-23 19:00"
says "the agent by night" 0 "lines pushed: 1"
ask _set '{"call_forwarding_enabled": "yes"}'
nevermiss diff
says "an answer outside the contract" 3 "unknown"

nevermiss calls import --account telnyx
says "its records" 0 "main: 2 new, 0 mended, 0 known"
nevermiss calls list
says "who answered" 0 "answered by owner after 9 s"
nevermiss calls import --account telnyx --since "$(date -u -d '-29 days' +%Y-%m-%d)"
says "each once" 0 "main: 0 new, 0 mended, 2 known"
nevermiss text --to owner --yes "100 % + caf$(printf '\303\251')"
says "a text" 0 "sent (delivered)"
ask _fail '{"status": 500, "times": 1, "done": true}'
nevermiss text --to owner --yes again
says "an error after the text" 0 "sent (delivered)"
ask _fail '{"status": 500, "times": 1, "done": false}'
nevermiss text --to owner --yes gone
says "an error and no text" 3 "unsure (it has"
ask _fail '{"status": 400, "times": 1, "done": false, "code": "40300"}'
nevermiss text --to owner --yes stop
says "one who opted out" 3 "refused (opted out: Told to fail"
ask _log
texts=$(grep -oF '["POST", "/messages"' out | wc -l)
[ "$texts" -eq 4 ]
echo $? >status
says "each was asked for once" 0 '"POST"'

if grep -rqF "$TELNYX_KEY" data all; then
	failed=$((failed + 1))
	echo "FAILED: the key was written down"
else
	passed=$((passed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
