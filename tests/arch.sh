#!/bin/sh
# SPDX-License-Identifier: MIT
# The architecture, kept by a machine: arch.sh BUILDDIR (a build without sanitizers).  What core may not
# call, that it has no state, who includes which library, that every header stands alone, that no file is
# left out of the build or the tarball.  Ends with "N passed, M failed"; exit 1 on failure.
build=${1:?usage: arch.sh BUILDDIR}
build=$(cd "$build" && pwd) || exit 2
top=$(cd "$(dirname "$0")/.." && pwd) && cd "$top" || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

# verdict NAME FILE: passes when FILE (what is wrong, a line each) is empty.
verdict() {
	if [ -s "$2" ]; then
		failed=$((failed + 1))
		echo "FAILED: $1"
		sed 's/^/  /' "$2"
	else
		passed=$((passed + 1))
	fi
}

# --- what core calls ---
denied='printf|vprintf|puts|putchar|putc|fputs|fputc|fprintf|vfprintf|fwrite_stdout|perror|psignal|stdout|stderr|stdin
exit|_exit|_Exit|quick_exit|abort|atexit|raise|kill|signal|sigaction
getenv|secure_getenv|setenv|putenv|unsetenv|clearenv|environ|setlocale|localeconv
time|gettimeofday|clock_gettime|clock|timespec_get|ftime|localtime|localtime_r|gmtime|mktime|strftime|strptime|ctime|asctime|tzset
sleep|usleep|nanosleep|alarm
strcpy|stpcpy|strcat|strncat|sprintf|vsprintf|gets|strtok|strtok_r|atoi|atol|atoll|atof|strtod|strtof|scanf|sscanf|fscanf|alloca
rand|srand|random|srandom|drand48|tmpnam|tempnam|mktemp
system|popen|fork|vfork|execl|execlp|execle|execv|execvp|execve|posix_spawn|posix_spawnp|dlopen
__ctype_b_loc|__ctype_tolower_loc|__ctype_toupper_loc|toupper|tolower|strcasecmp|strncasecmp|strcasestr|strcoll|strxfrm
initscr|newterm|endwin|wrefresh|refresh|mvaddstr|waddnstr|doupdate'
pattern=$(echo "$denied" | tr '\n' '|' | sed 's/|$//')
if [ -f "$build/libcore.a" ]; then
	nm -A -u "$build/libcore.a" 2>/dev/null |
		sed -nE "s/^[^:]*:([^:]*): +[UwW] (__)?(($pattern))(_chk|@.*)?$/\1 calls \3/p; s/^[^:]*:([^:]*): +[UwW] (__(isoc[0-9]*_)?sscanf)$/\1 calls \2/p" |
		sort -u >"$tmp/calls"
	# Some libraries are loaded when they are first needed (core/library.h says why).
	sed -i '/libcore_a-library\.o calls dlopen$/d' "$tmp/calls"
	verdict "core calls nothing that prints, ends, looks around or overruns" "$tmp/calls"

	nm "$build/libcore.a" 2>/dev/null | grep -q ' U __asan_init' && sanitized=yes || sanitized=
	if [ -z "$sanitized" ]; then
		# .data.rel.ro holds const tables of pointers, made read-only by the loader.
		size -A "$build/libcore.a" | awk '
			/ : *$|\(ex / { object = $1; sub(/:$/, "", object) }
			$1 ~ /^\.(data|bss|tdata|tbss)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 {
				if (object ~ /plan_read/ && $1 ~ /^\.bss/ && $2 <= 8) next
				print object " has " $2 " bytes of writable " $1
			}' >"$tmp/state"
		verdict "core has no writable state but plan_read's one pointer" "$tmp/state"
	else
		echo "arch.sh: state is not measured in a build with sanitizers" >&2
		echo "no build without sanitizers in $build" >"$tmp/state"
		verdict "core's state can be measured" "$tmp/state"
	fi
else
	echo "$build/libcore.a is not there" >"$tmp/calls"
	verdict "core is built" "$tmp/calls"
fi

# --- who includes which library: header, files that may (a shell pattern) ---
while read -r header files; do
	grep -rlE "^[ \t]*#[ \t]*include[ \t]*[<\"]$header" core tui include --include='*.[ch]' | while read -r file; do
		# shellcheck disable=SC2254
		case $file in
		$files) ;;
		*) echo "$file includes $header, which belongs to $files" ;;
		esac
	done >"$tmp/include"
	verdict "$header is included in its one place" "$tmp/include"
done <<'LIST'
confuse core/plan_read.c
sqlite3 core/store_private.h
(libical/|ical\.h) core/ical_library.h
jansson core/carrier/json.c
libxml core/carrier/xml_library.h
curl core/http_library.h
csv\.h> core/csv_library.h
(core/)?ical_library core/ical*.c
(core/carrier/)?xml_library core/carrier/xml*.c
(core/)?http_library core/http*.c
(core/)?csv_library core/csv*.c
(curses|ncurses) tui/term*.c
qrencode tui/*.c
LIST

if [ -f "$build/nevermiss" ]; then
	readelf -d "$build/nevermiss" | grep -E 'NEEDED.*\[lib(ical|xml2|curl|csv|qrencode|icu)' >"$tmp/linked"
else
	echo "$build/nevermiss is not there" >"$tmp/linked"
fi
verdict "what is loaded on first use is not linked" "$tmp/linked"

# --- layers ---
grep -rnE '#[ \t]*include[ \t]*"(\.\./)*core/' tui include --include='*.[ch]' >"$tmp/layers"
grep -rnE '#[ \t]*include[ \t]*"(\.\./)*tui/' core include --include='*.[ch]' >>"$tmp/layers"
for file in core/*.h core/carrier/*.h; do
	name=$(basename "$file")
	[ -f "tui/$name" ] || grep -rnE "#[ \t]*include[ \t]*\"(carrier/)?$name\"" tui include --include='*.[ch]'
done >>"$tmp/layers"
for file in tui/*.h; do
	name=$(basename "$file")
	[ -f "core/$name" ] || [ -f "core/carrier/$name" ] ||
		grep -rnE "#[ \t]*include[ \t]*\"$name\"" core include --include='*.[ch]'
done >>"$tmp/layers"
verdict "tui sees of core only nevermiss/, and core nothing of tui" "$tmp/layers"

# --- headers ---
xml=$(pkg-config --cflags libxml-2.0 2>/dev/null)
for header in include/nevermiss/*.h core/*.h core/carrier/*.h tui/*.h; do
	[ -f "$header" ] || continue
	dirs=-Iinclude
	case $header in
	core/*) dirs="-Iinclude -I. -Icore $xml" ;;
	tui/*) dirs="-Iinclude -Itui -I$build" ;;
	esac
	# shellcheck disable=SC2086
	${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall -Wextra $dirs -fsyntax-only -x c "$header" >"$tmp/one" 2>&1 || {
		echo "$header:"
		head -3 "$tmp/one"
	}
	grep -q '^#ifndef [A-Z_]*_H$' "$header" || echo "$header: no include guard"
done >"$tmp/headers"
verdict "every header compiles alone" "$tmp/headers"

# --- files ---
files() {
	find core tui include tests examples build-aux .ci -type f "$@" 2>/dev/null | grep -v '/node_modules/\|/__pycache__/\|/\.deps/\|/\.libs/' | sort
}
for file in $(files \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.js' -o -name '*.mjs' \)) configure.ac Makefile.am .ci/run; do
	[ -f "$file" ] || continue
	case $file in
	build-aux/*) git ls-files --error-unmatch "$file" >/dev/null 2>&1 || continue ;; # autoconf's own
	esac
	head -3 "$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "$file"
done >"$tmp/spdx"
verdict "every source has its SPDX line" "$tmp/spdx"

# named FILE: it, or a folder above it, stands in Makefile.am.
tr -s ' \t\\' '\n\n\n' <Makefile.am | grep / >"$tmp/named"
named() {
	path=$1
	while [ "${path%/*}" != "$path" ]; do
		grep -qxF "$path" "$tmp/named" && return 0
		path=${path%/*}
	done
	return 1
}
for file in $(files -name '*.[ch]'); do
	named "$file" || echo "$file"
done >"$tmp/unbuilt"
verdict "every source is named in Makefile.am" "$tmp/unbuilt"

for test in tests/unit/test_*.c tests/screen/test_*.c tests/pty/test_*.c tests/oom/test_*.c; do
	[ -f "$test" ] || continue
	grep -qxF "${test%.c}" "$tmp/named" || echo "$test is built by no check program"
done >"$tmp/tests"
verdict "every test program runs in make check" "$tmp/tests"

for file in $(files ! -name '*.[ch]' \( -path 'tests/*' -o -path 'examples/*' \)); do
	named "$file" || echo "$file"
done >"$tmp/dist"
verdict "every data file of tests and examples is in the tarball" "$tmp/dist"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
