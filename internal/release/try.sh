#!/usr/bin/env bash
# try.sh FOLDER: tries the archives that dist.sh has put into FOLDER. A second build from
# a copy of the sources in another folder, with nothing of the first in a cache, has to
# give the same bytes; each program has to be static, to say its version, and to serve a
# picture, under qemu-user when it is for another processor.
set -euo pipefail
dist=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
(cd "$dist" && sha256sum --quiet --check SHA256SUMS)

set -- "$dist"/camhub_*_linux_amd64.tar.gz
version=${1##*/camhub_}
version=${version%_linux_amd64.tar.gz}

mkdir "$work/copy" "$work/again"
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -C "$work/copy" -xf -
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
VERSION=$version SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH GOCACHE="$work/cache" bash "$work/copy/internal/release/dist.sh" "$work/again" >/dev/null
cmp "$dist/SHA256SUMS" "$work/again/SHA256SUMS"
echo "two builds give the same bytes"

# try ARCH GOARCH QEMU
try() {
	local name="camhub_${version}_linux_$1" run=()
	tar -C "$work" -xzf "$dist/$name.tar.gz"
	local program="$work/$name/camhub"
	if readelf -lW "$program" | grep -q INTERP; then
		echo "$name: the program is not static" >&2
		exit 1
	fi
	if [ "$("${GO:-go}" env GOHOSTARCH)" != "$2" ]; then
		run=("$3")
		command -v "$3" >/dev/null || { echo "$name: not tried: $3 is missing (apt-get install qemu-user-static)" >&2; exit 1; }
	fi
	"${run[@]}" "$program" version | grep -F "camhub $version " | grep -F " linux/$2"
	"${run[@]}" "$program" serve --demo --listen 127.0.0.1:0 --data "$work/data-$1" >"$work/out" 2>"$work/log" &
	pid=$!
	snapshot "$work/$1.jpg" || { cat "$work/log" >&2; exit 1; }
	kill "$pid"
	wait "$pid" || { echo "$name: it did not stop well" >&2; cat "$work/log" >&2; exit 1; }
	pid=
	echo "$name: static; served a picture of $(stat -c %s "$work/$1.jpg") bytes"
}

# snapshot FILE: takes a picture of the first camera, as soon as there is one, but within
# a minute.
snapshot() {
	local url
	for _ in $(seq 120); do
		url=$(sed -n 's/^camhub is at //p' "$work/out")
		if [ -n "$url" ] && curl -sf -m 10 -o "$1" "$url/?action=snapshot" && [ "$(head -c 2 "$1" | od -An -tx1)" = " ff d8" ]; then
			return
		fi
		sleep 0.5
	done
	echo "there is no picture" >&2
	return 1
}

try amd64 amd64 qemu-x86_64-static
try arm64 arm64 qemu-aarch64-static
try armv7 arm qemu-arm-static
