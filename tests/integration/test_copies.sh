#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs that copy a file not by read(2), or that believe its size, get all of
# it: busybox cat is sendfile(2).

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need python3
# shellcheck disable=SC2119
start_resviewd
file=$work/copy
total() {
	awk '/^MemTotal:/ { print $2 }' /proc/meminfo
}

# whole NAME: it is all of meminfo.
whole() {
	assert_equal "$1: begin" "MemTotal: $(total)" \
		"$(awk 'NR == 1 { print $1, $2 }' "$file")"
	assert_equal "$1: lines" "$lines" "$(wc -l <"$file")"
	assert_equal "$1: zeros" '' "$(tr -dc '\000' <"$file")"
}

# try NAME COMMAND...: leaves the text in $file.
try() {
	rm -f "$file"
	"${@:2}" || fail "$1: exit code $?"
	whole "$1"
}

to_file() {
	"$@" >"$file"
}

to_pipe() {
	"$@" | cat >"$file"
}

meminfo=$fs/proc/meminfo
lines=$(python3 -c 'import os, sys
print(os.read(os.open(sys.argv[1], os.O_RDONLY), 65536).count(b"\n"))' \
	"$meminfo")
assert_between "lines of meminfo" 30 100 "$lines"

step "cat, cp, dd, tail, wc"
try cat to_file cat "$meminfo"
try "cat to a pipe" to_pipe cat "$meminfo"
try cp cp "$meminfo" "$file"
try dd dd if="$meminfo" of="$file" bs=512 status=none
try "tail -n" to_file tail -n "$lines" "$meminfo"
try "tail -c" to_file tail -c 100000 "$meminfo"
assert_equal "wc -c" "$(wc -c <"$file")" "$(wc -c "$meminfo" | cut -d ' ' -f 1)"

if command -v busybox >/dev/null; then
	step "busybox"
	try "busybox cat" to_file busybox cat "$meminfo"
	try "busybox cat to a pipe" to_pipe busybox cat "$meminfo"
	try "busybox cp" busybox cp "$meminfo" "$file"
	try "busybox tail" to_file busybox tail -n "$lines" "$meminfo"
	for name in stat cpuinfo vmstat loadavg; do
		assert_match "busybox cat $name" . \
			"$(busybox cat "$fs/proc/$name")"
	done
	assert_equal "busybox cat online" \
		"$(head -n 1 "$fs/sys/devices/system/cpu/online")" \
		"$(busybox cat "$fs/sys/devices/system/cpu/online")"
fi

step "python, node"
try python python3 -c 'import shutil, sys
shutil.copyfile(sys.argv[1], sys.argv[2])' "$meminfo" "$file"
if command -v node >/dev/null; then
	# shellcheck disable=SC2016
	try node to_file node -e 'const fs = require("fs");
		fs.readFile(process.argv[1], (_, text) =>
			process.stdout.write(text));' "$meminfo"
	cat "$fs/proc/cpuinfo" >"$file"
	assert_equal "node: cpuinfo" "$(grep -c . "$file")" "$(node -e '
		const text = require("fs").readFileSync(process.argv[1]);
		console.log(String(text).split("\n").filter(x => x).length)' \
		"$fs/proc/cpuinfo")"
fi

step "what is kept by the kernel is nobody's: the page cache stays empty"
python3 - "$meminfo" <<'END' || fail "sendfile(2)"
import errno
import os
import sys

_, out = os.pipe()
for path in sys.argv[1], sys.argv[1].replace("meminfo", "stat"):
    fd = os.open(path, os.O_RDONLY)
    try:
        n = os.sendfile(out, fd, None, 65536)
    except OSError as e:
        assert e.errno == errno.EINVAL, e
    else:  # before Linux 6.5 it is a read(2)
        assert n > 500, n
    os.lseek(fd, 0, os.SEEK_SET)
    assert os.read(fd, 65536), "a read after it"
END
