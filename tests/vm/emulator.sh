#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# emulator.sh DIR: Debian 13's QEMU, in DIR unless it is there, to be run as
# DIR/qemu. That of Debian 12 emulates cmpxchg16b wrongly now and then, dies with
# more than one CPU, and takes twice as long. What went wrong is in DIR.log.

set -eu -o pipefail
# shellcheck source=tests/vm/debian.sh
. "$(dirname "$0")/debian.sh"

# make_emulator DIR: nothing of it is configured or installed; it brings its
# libraries, and the loader that finds them.
make_emulator() {
	# shellcheck disable=SC2046
	mmdebstrap --quiet --variant=extract --mode=root \
		--include=qemu-system-x86,seabios \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		trixie "$1" $(mirror) >"$log" 2>&1
	cat >"$1/qemu" <<'END'
#!/bin/sh
usr=$(dirname "$(readlink -f "$0")")/usr
exec "$usr/lib64/ld-linux-x86-64.so.2" \
	--library-path "$usr/lib/x86_64-linux-gnu" \
	"$usr/bin/qemu-system-x86_64" \
	-L "$usr/share/seabios" -L "$usr/share/qemu" "$@"
END
	chmod +x "$1/qemu"
}

log=$1.log
keep "$1" 'making an emulator, in a quarter of a minute' make_emulator
