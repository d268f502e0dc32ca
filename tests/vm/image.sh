#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# image.sh SUITE DIR: the disk, the kernel and the initrd of a Debian guest, in
# DIR, unless they are there. Nothing of resview is in them. What went wrong is
# in DIR.log.

set -eu -o pipefail
# shellcheck source=tests/vm/debian.sh
. "$(dirname "$0")/debian.sh"

# What the tests need, and what they test with. The tests' own names for things
# of other packages are in lib.sh.
guest_packages() {
	local packages='systemd systemd-sysv dbus udev kmod
		linux-image-cloud-amd64 busybox-static util-linux e2fsprogs
		iproute2 fuse3 libfuse3-3 libjson-c5 libseccomp2 runc crun
		podman buildah docker.io containerd lxc lxcfs cgroup-tools jq strace stress-ng python3
		procps htop atop sysstat python3-psutil numactl hwloc-nox
		prometheus-node-exporter nginx-light'

	[ "$suite" != trixie ] ||
		packages="${packages/libfuse3-3 /} docker-cli"
	# shellcheck disable=SC2086
	printf '%s,' $packages
}

# Without a clock, a screen, a network or anything that is plugged in, there is
# nothing for these to do but to take seconds.
idle_units='timers.target systemd-udev-trigger.service ldconfig.service
	systemd-firstboot.service systemd-hwdb-update.service
	systemd-journal-catalog-update.service systemd-journal-flush.service
	systemd-pcrphase.service systemd-pcrphase-sysinit.service
	systemd-pstore.service systemd-timesyncd.service
	systemd-tpm2-setup.service systemd-tpm2-setup-early.service
	systemd-update-done.service systemd-update-utmp.service
	containerd.service docker.service docker.socket
	apparmor.service keyboard-setup.service dev-hugepages.mount
	sys-kernel-debug.mount sys-kernel-tracing.mount'

# A target with systemd's own services and one of ours, which runs what is in a
# tar archive on the second disk and writes to the second serial line.
configure_guest() {
	local root=$1 units=$1/etc/systemd/system unit

	for unit in $idle_units; do
		ln -sf /dev/null "$units/$unit"
	done
	echo guest >"$root/etc/hostname"
	echo '/dev/vda / ext4 rw,noatime 0 0' >"$root/etc/fstab"
	head -c 16 /dev/urandom | od -An -tx1 | tr -d ' ' >"$root/etc/machine-id"
	mkdir -p "$root"/etc/systemd/{system,journald}.conf.d
	printf '[Manager]\nDefault%s\nDefault%s\n' TimeoutStartSec=300s \
		DeviceTimeoutSec=300s >"$root/etc/systemd/system.conf.d/guest.conf"
	printf '[Journal]\nStorage=volatile\n' \
		>"$root/etc/systemd/journald.conf.d/guest.conf"
	cat >"$units/guest.service" <<'END'
[Unit]
After=basic.target
[Service]
Type=oneshot
Environment=HOME=/root
WorkingDirectory=/srv
ExecStart=/bin/bash -c 'stty -F /dev/ttyS1 raw -echo && exec >/dev/ttyS1 2>&1 && tar -xf /dev/vdb && exec ./start'
TimeoutStartSec=infinity
END
	cat >"$units/guest.target" <<'END'
[Unit]
Requires=basic.target
Wants=guest.service
After=basic.target
AllowIsolate=yes
END
}

# make_initrd ROOT OUT: what it takes to mount the disk. Debian's own has much
# more to unpack, which takes an emulated CPU ten seconds.
make_initrd() {
	local root=$1 out=$2 dir=$2.d kernel module n=0

	kernel=$(basename "$(echo "$root"/lib/modules/*)")
	rm -rf "$dir"
	mkdir -p "$dir"/{bin,proc,dev,root,modules}
	cp "$root/bin/busybox" "$dir/bin/"
	for module in virtio_pci virtio_blk ext4; do
		chroot "$root" modprobe --set-version "$kernel" \
			--show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
		while read -r module; do
			n=$((n + 1))
			case $module in
			*.xz) xz -dc "$root$module" ;;
			*) cat "$root$module" ;;
			esac >"$dir/modules/$(printf %02d $n).ko"
		done
	cat >"$dir/init" <<'END'
#!/bin/busybox sh
alias b=/bin/busybox
b mount -t devtmpfs dev /dev
for module in /modules/*.ko; do b insmod "$module"; done
tries=0
until [ -b /dev/vda ] || [ "$((tries += 1))" -gt 100 ]; do b sleep 0.1; done
b mount -t ext4 -o rw,noatime /dev/vda /root || b poweroff -f
b mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
END
	chmod +x "$dir/init"
	(cd "$dir" && find . | cpio -o -H newc --quiet) >"$out"
	rm -rf "$dir"
}

# make_image DIR: what is kept of it.
make_image() {
	local root=$1/root

	mkdir -p "$root"
	INITRD=No make_debian "$suite" "$root" "$(guest_packages)" "$log"
	configure_guest "$root"
	make_initrd "$root" "$1/initrd"
	mv "$root"/boot/vmlinuz-* "$1/kernel"
	rm -rf "${root:?}/boot"
	truncate --size 3G "$1/disk"
	mkfs.ext4 -q -F -d "$root" -m 0 -O ^has_journal \
		-E lazy_itable_init=1 "$1/disk" 2>>"$log"
	rm -rf "$root"
}

suite=$1 log=$2.log
keep "$2" "making a $suite, in a minute or two" make_image
