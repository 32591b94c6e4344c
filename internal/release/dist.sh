#!/usr/bin/env bash
# dist.sh FOLDER: builds the archives of a release of the repository that it stands in.
# FOLDER gets, for each kind of machine, camhub_<version>_linux_<arch>.tar.gz and its bill
# of materials (CycloneDX), and SHA256SUMS of all.
#
# The same sources and the same compilers give the same bytes: nothing of the machine,
# the folder or the hour is in them. VERSION and SOURCE_DATE_EPOCH are those of git unless
# they are set.
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."
go=${GO:-go}
# Not a tool of go.mod: it would raise the versions of modules that the program uses.
sbom="github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

VERSION=${VERSION:-$(git describe --tags --always --dirty)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
if [[ ! $VERSION =~ ^[A-Za-z0-9][A-Za-z0-9.+_-]*$ ]]; then
	echo "dist: $VERSION can't be a version" >&2
	exit 1
fi
export LC_ALL=C TZ=UTC CGO_ENABLED=1 GOOS=linux GOFLAGS=-buildvcs=false
umask 022
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# archive ARCH COMPILER: GOARCH, and GOARM or GOAMD64 if there is a choice, say for what.
archive() {
	local name="camhub_${VERSION}_linux_$1"
	if ! command -v "$2" >/dev/null; then
		echo "dist: the compiler $2 is missing; .ci/run tells what to install" >&2
		exit 1
	fi
	mkdir "$stage/$name"
	# Local cameras need cgo for the kernel's headers alone, so that a static program
	# does all that a dynamic one does: the look-up of names and users is Go's own.
	CC=$2 $go build -trimpath -tags netgo,osusergo \
		-ldflags "-s -w -X main.release=$VERSION -linkmode external -extldflags -static" -o "$stage/$name/camhub" ./cmd/camhub
	cp README.md "$stage/$name/"
	if [ -d cmd/camhub/deploy ]; then
		cp -R cmd/camhub/deploy "$stage/$name/deploy"
	fi
	tar -C "$stage" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		--mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
	bill "$name"
}

# bill NAME: writes the bill of materials, as it stands in the program that was built.
bill() {
	"$stage/cyclonedx-gomod" bin -json -noserial -notimestamp -std -version "$VERSION" \
		-output "$out/$1.cdx.json" "$stage/$1/camhub" 2>"$stage/log" || { cat "$stage/log" >&2; exit 1; }
}

GOBIN=$stage CGO_ENABLED=0 $go install -trimpath "$sbom"
rm -f "$out"/camhub_*.tar.gz "$out"/camhub_*.cdx.json "$out/SHA256SUMS"
GOARCH=amd64 GOAMD64=v1 archive amd64 gcc
GOARCH=arm64 archive arm64 aarch64-linux-gnu-gcc
GOARCH=arm GOARM=7 archive armv7 arm-linux-gnueabihf-gcc
cd "$out"
sha256sum camhub_* >SHA256SUMS
cat SHA256SUMS
