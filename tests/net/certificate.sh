#!/bin/bash
# SPDX-License-Identifier: MIT
# Certificates: certificate.sh GET, the compiled get.c.  Servers on loopback with good and bad ones; only the good one
# is spoken to.  Ends with "N passed, M failed"; exit 1 on failure.
set -u
get=$(realpath "${1:?usage: certificate.sh GET}")
tmp=$(mktemp -d)
servers=
# shellcheck disable=SC2086
trap '[ -n "$servers" ] && kill $servers 2>/dev/null; rm -rf "$tmp"' EXIT
passed=0
failed=0
cd "$tmp" || exit 2
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY SSL_CERT_FILE SSL_CERT_DIR

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.pem" 2>>log
}

# certificate NAME SUBJECT-ALT-NAME [OPTION...]: signed by `good`.
certificate() {
	local name=$1 names=$2
	shift 2
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name.key" \
		-out "$name.csr" 2>>log
	printf 'subjectAltName=%s\n' "$names" >"$name.ext"
	: >index.txt
	openssl ca -batch -notext -md sha256 -config ca.conf -cert good.pem -keyfile good.key \
		-extfile "$name.ext" -in "$name.csr" -out "$name.pem" "$@" >>log 2>&1 || tail -3 log
}

# serve NAME [OPTION...]: $port is where.
serve() {
	local name=$1
	shift
	openssl s_server -accept 127.0.0.1:0 -cert "$name.pem" -key "$name.key" -www "$@" </dev/null >"$name.out" 2>&1 &
	servers="$servers $!"
	for _ in $(seq 100); do
		port=$(sed -n 's/^ACCEPT 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$name.out")
		[ -n "$port" ] && return
		sleep 0.1
	done
	echo "no server: $(cat "$name.out")"
}

# expect NAME PATTERN URL [AUTHORITIES]
expect() {
	local name=$1 pattern=$2 said
	shift 2
	said=$("$get" "$@")
	if echo "$said" | grep -qiE "$pattern"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name: $said"
	fi
}

cat >ca.conf <<'CONF'
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
policy = any
default_days = 2
[any]
commonName = supplied
CONF
echo 01 >serial
authority good
authority other
certificate local "DNS:localhost"
certificate elsewhere "DNS:carrier.example"
certificate old "DNS:localhost" -startdate 20200101000000Z -enddate 20200201000000Z

serve local
expect "one of an authority that is trusted" '^200$' "https://localhost:$port/" "$tmp/good.pem"
expect "an authority that the system does not know" 'certificate' "https://localhost:$port/"
expect "an authority that is not trusted" 'certificate' "https://localhost:$port/" "$tmp/other.pem"
expect "another host's name" 'does not match|no alternative certificate subject name' "https://127.0.0.1:$port/" "$tmp/good.pem"
expect "a file of authorities that is not there" 'CAfile|certificate' "https://localhost:$port/" "$tmp/nothing.pem"
serve elsewhere
expect "one for another host" 'does not match|no alternative certificate subject name' "https://localhost:$port/" "$tmp/good.pem"
serve old
expect "one that has expired" 'expired' "https://localhost:$port/" "$tmp/good.pem"
serve other
expect "one that signed itself" 'certificate' "https://localhost:$port/" "$tmp/good.pem"
serve local -tls1_1 -cipher DEFAULT@SECLEVEL=0
expect "a protocol of former times" 'version|protocol|alert' "https://localhost:$port/" "$tmp/good.pem"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
