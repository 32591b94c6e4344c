#!/usr/bin/env bash
# gotest.sh ARGUMENTS...: go test with these arguments. A few tests that fail run once
# more, by themselves: a real fault fails again, and what was too slow for a moment on a
# busy machine does not. A data race, a panic and a package that fails without a test
# are faults at once.
set -uo pipefail
out=$(mktemp)
trap 'rm -f "$out"' EXIT
${GO:-go} test "$@" 2>&1 | tee "$out" && exit 0

# "package test" of each test that failed. A package's verdict follows its tests.
failed=$(awk -F'\t' '
	/^--- FAIL: / { split($0, word, " "); tests[++n] = word[3] }
	/^FAIL\t/     { if (!n) print $2, "-"; for (i = 1; i <= n; i++) print $2, tests[i]; n = 0 }
	/^ok  \t/     { n = 0 }' "$out")
if grep -qE '^(panic|fatal error):|DATA RACE' "$out" || grep -q ' -$' <<<"$failed" ||
	[ -z "$failed" ] || [ "$(wc -l <<<"$failed")" -gt 5 ]; then
	exit 1
fi
flags=()
for arg; do
	[[ $arg != -* ]] || flags+=("$arg")
done
while read -r package test; do
	echo "once more, by itself: $package $test"
	${GO:-go} test -count=1 "${flags[@]}" -run "^$test\$" "$package" </dev/null || exit 1
done <<<"$failed"
