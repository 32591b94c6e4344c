#!/usr/bin/env bash
# v4l2vm.sh - runs a program in a throw-away virtual machine that has real V4L2
# drivers: vivid (two virtual cameras) and uvcvideo, which the program feeds with
# uvcsim. It needs no root, no KVM and no camera, and touches nothing of the host.
#
#   v4l2vm.sh prepare                 fetch and unpack a kernel (once; 70 MB), build the base image
#   v4l2vm.sh run [options] PROGRAM [ARG...]
#
#   -t SECONDS    limit of the whole run, by the host's clock (default 180)
#   -p HOST:GUEST forward 127.0.0.1:HOST to the guest's port GUEST (repeatable; means -r)
#   -f FILE[=DST] put FILE into the guest (default DST: /bin/NAME; repeatable)
#   -l            also put in the shared libraries of PROGRAM and of the -f files
#   -o DIR        keep what the program leaves in the guest's /out in DIR
#   -r            real time: two processors (default: deterministic virtual time, one processor)
#   -m MIB        memory of the guest (default 512)
#   -e NAME=VALUE environment of the program (repeatable)
#
# A signal to its process group ends it at once.
#
# Exit status: the program's; 124 when time ran out; 125 when there is no result.
#
# In deterministic mode the guest's clock counts instructions, one a nanosecond,
# and skips idle time: the same run takes the same guest time on any host, however
# busy. It is no good with clients on the host, whom the guest's clock outruns.
#
# Environment: V4L2VM_CACHE (default ~/.cache/v4l2vm), V4L2VM_KERNEL (a Debian
# package; default: what linux-image-amd64 depends on), V4L2VM_VIVID (options of
# vivid), V4L2VM_ACCEL (such as kvm, where a stock kernel boots under it).
set -euo pipefail

CACHE=${V4L2VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/v4l2vm}
VIVID=${V4L2VM_VIVID:-n_devs=2 node_types=0x1,0x1 num_inputs=1,1 input_types=0,0 no_error_inj=0}
MODULES=(vivid uvcvideo vhci-hcd virtio_pci virtio_net 9p 9pnet_virtio)
DEBIAN='qemu-system-x86 busybox-static cpio xz-utils binutils'

die() {
	echo "v4l2vm: $*" >&2
	exit 125
}

need() {
	local c
	for c; do
		command -v "$c" >/dev/null || die "missing: $c (apt-get install --no-install-recommends $DEBIAN)"
	done
}

# ---- prepare ---------------------------------------------------------------

# unpacked FILE: a kernel module, decompressed.
unpacked() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

declare -A module_file=() module_seen=()

# modules_in_order ROOT NAME...: the files to load, dependencies first.
modules_in_order() {
	local root=$1 file name
	shift
	while read -r file; do
		name=${file##*/}
		name=${name%%.ko*}
		module_file[${name//-/_}]=$file
	done < <(find "$root" -name '*.ko*')
	for name; do visit_module "$name"; done
}

visit_module() {
	local name=${1//-/_} file depends other
	[[ ${module_seen[$name]:-} ]] && return
	module_seen[$name]=1
	file=${module_file[$name]:-}
	[[ $file ]] || return 0 # built in
	depends=$(unpacked "$file" | tr '\0' '\n' | sed -n 's/^depends=//p' | head -n1)
	for other in ${depends//,/ }; do visit_module "$other"; done
	echo "$file"
}

# unpack_kernel FILE OUT: the ELF image in a bzImage. It boots without the
# decompression, which takes 5 s under emulation.
unpack_kernel() {
	local off
	if off=$(LC_ALL=C grep -abo $'\xfd7zXZ' "$1" | head -n1 | cut -d: -f1) && [[ $off ]]; then
		tail -c "+$((off + 1))" "$1" | xz -dc --single-stream >"$2" 2>/dev/null || true
	elif off=$(LC_ALL=C grep -abo $'\x28\xb5\x2f\xfd' "$1" | head -n1 | cut -d: -f1) && [[ $off ]]; then
		tail -c "+$((off + 1))" "$1" | zstd -dc >"$2" 2>/dev/null || true
	fi
	[[ $(head -c4 "$2" 2>/dev/null | tail -c3) == ELF ]] || cp "$1" "$2"
}

# build_base PACKAGE: makes vmlinux and base.cpio in the working directory.
build_base() {
	local file name
	apt-get download "$1" >&2
	dpkg-deb -x "$1"_*.deb package
	unpack_kernel package/boot/vmlinuz-* vmlinux
	mkdir -p image/{bin,lib/m,dev,proc,sys,tmp,run,out,etc}
	cp "$(command -v busybox)" image/bin/busybox
	while read -r file; do
		name=${file##*/}
		name=${name%%.ko*}
		unpacked "$file" >"image/lib/m/$name.ko"
		echo "$name" >>image/lib/m/order
	done < <(modules_in_order package/lib/modules/* "${MODULES[@]}")
	strip --strip-debug image/lib/m/*.ko # drops the signatures too: no RSA under emulation
	init_script >image/init
	chmod +x image/init
	(cd image && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) >base.cpio
}

prepare() {
	need apt-get dpkg-deb cpio xz strip busybox
	! ldd "$(command -v busybox)" >/dev/null 2>&1 || die "busybox is not static (Debian: busybox-static)"
	mkdir -p "$CACHE"
	cd "$CACHE"
	local package=${V4L2VM_KERNEL:-$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: //p' | head -n1)}
	if [[ ! $package && -e current/base.cpio ]]; then
		echo "v4l2vm: no package lists; $CACHE/current is used as it is"
		return
	fi
	[[ $package ]] || die "no kernel package (is an apt-get update due? set V4L2VM_KERNEL where there is no linux-image-amd64)"
	local version id work
	version=$(apt-cache policy "$package" | sed -n 's/.*Candidate: //p')
	id=$package-$version-$( (echo "${MODULES[*]}"; init_script; declare -f build_base unpack_kernel) | cksum | cut -d' ' -f1)
	if [[ ! -e $id/base.cpio ]]; then
		work=$(mktemp -d "$CACHE/tmp.XXXXXX")
		trap "rm -rf '$work'" EXIT
		(cd "$work" && build_base "$package" && mkdir out && mv vmlinux base.cpio out/)
		mv "$work/out" "$id"
	fi
	ln -sfn "$id" current
	echo "v4l2vm: $CACHE/$id is ready ($(du -sh "$id" | cut -f1))"
}

# init_script: process 1 of the guest.
init_script() {
	cat <<EOF
#!/bin/busybox sh
/bin/busybox mkdir -p /sbin; /bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mkdir -p /dev/shm; mount -t tmpfs tmp /dev/shm; mount -t tmpfs tmp /tmp
for m in \$(cat /lib/m/order); do
	p=; [ \$m = vivid ] && p="$VIVID"
	insmod /lib/m/\$m.ko \$p || echo "@@ insmod \$m failed"
done
ip link set lo up
[ -e /sys/class/net/eth0 ] && ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0
grep -q v4l2vm_out /proc/cmdline && mount -t 9p -o trans=virtio,version=9p2000.L out /out
export PATH=/bin HOME=/tmp TMPDIR=/tmp
cd /tmp; . /job; echo; echo "@@ EXIT=\$rc"
umount /out 2>/dev/null; poweroff -f
EOF
}

# ---- run -------------------------------------------------------------------

limit=180 realtime='' memory=512 libraries='' out='' ports=() files=() environment=()

options() {
	local o
	while getopts 't:p:f:lo:rm:e:' o; do
		case $o in
		t) limit=$OPTARG ;;
		p) ports+=("$OPTARG") realtime=1 ;;
		f) files+=("$OPTARG") ;;
		l) libraries=1 ;;
		o) out=$OPTARG ;;
		r) realtime=1 ;;
		m) memory=$OPTARG ;;
		e) environment+=("$OPTARG") ;;
		*) exit 125 ;;
		esac
	done
}

# fill DIR PROGRAM ARG...: the guest's own files and its job.
fill() {
	local dir=$1 program=$2 f source target binaries=("$2")
	shift 2
	mkdir -p "$dir/bin"
	cp "$program" "$dir/bin/"
	for f in ${files[@]+"${files[@]}"}; do
		source=${f%%=*} target=bin/${f##*/}
		[[ $f != *=* ]] || target=${f#*=}
		target=${target#/}
		mkdir -p "$dir/$(dirname "$target")"
		cp -r "$source" "$dir/$target"
		binaries+=("$source")
	done
	if [[ $libraries ]]; then
		for f in "${binaries[@]}"; do
			{ ldd "$f" 2>/dev/null || true; } | awk '/=> \//{print $3} /^\t\/lib/{print $1}'
		done | sort -u | while read -r f; do
			mkdir -p "$dir$(dirname "$f")"
			cp -L "$f" "$dir$f"
		done
	fi
	{
		for f in ${environment[@]+"${environment[@]}"}; do printf 'export %s=%q\n' "${f%%=*}" "${f#*=}"; done
		printf '/bin/%q' "${program##*/}"
		[[ $# == 0 ]] || printf ' %q' "$@"
		printf '; rc=$?\n'
	} >"$dir/job"
}

run() {
	local qemu=${QEMU:-qemu-system-x86_64} base=$CACHE/current work result status=0
	need "$qemu" cpio timeout
	[[ -e $base/base.cpio ]] || die "run '$0 prepare' first"
	work=$(mktemp -d "${TMPDIR:-/tmp}/v4l2vm.XXXXXX")
	trap "rm -rf '$work'" EXIT
	fill "$work/files" "$@"
	# The kernel takes archives one behind the other.
	{ cat "$base/base.cpio"; (cd "$work/files" && find . -mindepth 1 | cpio -o -H newc --quiet -R 0:0); } >"$work/initrd"

	local args=(-nographic -no-reboot -nodefaults -no-user-config -serial stdio -monitor none
		-m "$memory" -kernel "$base/vmlinux" -initrd "$work/initrd")
	local cmdline='console=ttyS0 quiet panic=-1' port net=user,id=n0,restrict=on
	if [[ ${V4L2VM_ACCEL:-} ]]; then
		args+=(-accel "$V4L2VM_ACCEL" -smp 2)
	elif [[ $realtime ]]; then
		args+=(-accel tcg,thread=multi -smp 2)
	else
		args+=(-accel tcg,thread=single -icount shift=0,sleep=off -smp 1)
	fi
	if ((${#ports[@]})); then
		for port in "${ports[@]}"; do net+=,hostfwd=tcp:127.0.0.1:${port%%:*}-:${port##*:}; done
		args+=(-netdev "$net" -device virtio-net-pci,netdev=n0,romfile=)
	fi
	if [[ $out ]]; then
		mkdir -p "$out"
		args+=(-virtfs "local,path=$out,mount_tag=out,security_model=none")
		cmdline+=' v4l2vm_out'
	fi
	timeout --foreground -k 5 "$limit" "$qemu" "${args[@]}" -append "$cmdline" </dev/null 2>&1 |
		sed -u 's/\r$//; /SeaBIOS (version/d; s/.*Booting from ROM\.\.//' | tee "$work/log" || status=${PIPESTATUS[0]}
	result=$(sed -n 's/^@@ EXIT=//p' "$work/log" | tail -n1)
	[[ ! $result ]] || exit "$result"
	if [[ $status == 124 || $status == 137 ]]; then
		echo "v4l2vm: no result within $limit s" >&2
		exit 124
	fi
	die "the guest died (status $status)"
}

case ${1:-} in
prepare) prepare ;;
run)
	shift
	options "$@"
	shift $((OPTIND - 1))
	[[ $# -gt 0 ]] || die "no program"
	run "$@"
	;;
*)
	sed -n '2,/^set /{/^#/p}' "$0"
	exit 2
	;;
esac
