#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzers: run.sh [SECONDS [BUILD-DIR]].  Builds core and each fuzz_*.c with clang's libFuzzer, address
# and undefined-behaviour sanitizers, runs each for SECONDS (20) from seeds/ with its dictionary, leaks
# counted.  What breaks stays in BUILD-DIR/crashes.  Ends with "N passed, M failed"; exit 1 on failure.
seconds=${1:-20}
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
dir=${2:-$(mktemp -d)}
mkdir -p "$dir/crashes" && dir=$(cd "$dir" && pwd) || exit 2
cd "$top" || exit 2

clang=${CLANG:-clang}
flags="-std=c11 -D_GNU_SOURCE -g -O1 -fno-sanitize-recover=undefined -fno-omit-frame-pointer -Iinclude -I. -Icore"
flags="$flags $(pkg-config --cflags libxml-2.0 2>/dev/null)"
libs="-lconfuse -lsqlite3 -lical -ljansson -lxml2 -lcurl -lm"

objects=
for source in core/*.c core/carrier/*.c; do
	object=$dir/$(echo "$source" | tr / _).o
	objects="$objects $object"
	if [ -f "$object" ] && [ -z "$(find include core -newer "$object" \( -name '*.h' -o -path "$source" \))" ]; then
		continue
	fi
	# shellcheck disable=SC2086
	if ! "$clang" $flags -fsanitize=fuzzer-no-link,address,undefined -c "$source" -o "$object"; then
		rm -f "$object"
		echo "run.sh: $source does not compile" >&2
		echo "0 passed, 1 failed"
		exit 1
	fi
done

passed=0
failed=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	short=${name#fuzz_}
	log=$dir/$name.log
	mkdir -p "$dir/corpus-$short"
	# shellcheck disable=SC2086
	if "$clang" $flags -fsanitize=fuzzer,address,undefined "$source" $objects -o "$dir/$name" $libs >"$log" 2>&1 &&
		"$dir/$name" -max_total_time="$seconds" -dict="tests/fuzz/$short.dict" -detect_leaks=1 -timeout=25 \
			-rss_limit_mb=2048 -max_len=8192 -artifact_prefix="$dir/crashes/$short-" -print_final_stats=1 \
			"$dir/corpus-$short" "tests/fuzz/seeds/$short" >>"$log" 2>&1; then
		passed=$((passed + 1))
		echo "ok: $name, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
	else
		failed=$((failed + 1))
		echo "FAILED: $name; the end of $log:"
		grep -E 'ERROR|error:|SUMMARY|Test unit|#[0-9]+ .* in [a-zL]' "$log" | head -20
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
