#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What README.md and the pages beside it say: what they say to type works, and
# what they name is there.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq free cmake
[ -c /dev/fuse ] || skip "no /dev/fuse here"
pages=("$top/README.md" "$top"/packaging/doc/*.md
	"$top/packaging/kubernetes/README.md")

# Our own /usr/local, /run, /etc and /usr/share, which nobody else sees.
cmake --install "$build" --prefix "$work/local" >"$work/install.log"
mount --bind "$work/local" /usr/local
mount -t tmpfs tmpfs /run
for dir in /etc /usr/share; do
	mkdir -p "$work/upper$dir" "$work/overlay$dir"
	mount -t overlay overlay -o "lowerdir=$dir,upperdir=$work/upper$dir" \
		-o "workdir=$work/overlay$dir" $dir || skip "no overlay here"
done

step "the programs and their pages are where README.md and the pages say"
for path in sbin/resviewd sbin/resview-remount libexec/resview/resview-hook \
	libexec/resview/resview-runtime; do
	[ -x "/usr/local/$path" ] || fail "/usr/local/$path is not installed"
done
manuals='resviewd.8 resview-hook.8 resview-remount.8 resview-runtime.8
	resview.conf.5'
for page in $manuals; do
	[ -e "/usr/local/share/man/man${page##*.}/$page" ] ||
		fail "$page is not installed"
	grep -q "\`${page%.*}(${page##*.})\`" "$top/README.md" ||
		fail "README.md does not name $page"
done
for page in "${pages[@]}"; do
	page=${page#"$top"/packaging/}
	[ "$page" != "$top/README.md" ] || continue
	[ -e "/usr/local/share/doc/resview/$(basename "$page")" ] ||
		[ -e "/usr/local/share/resview/$page" ] ||
		fail "$page is not installed"
done

step "manual pages name each other"
for page in $manuals; do
	for other in $manuals; do
		[ "$page" != "$other" ] || continue
		sed -n '/^.Sh SEE ALSO/,$p' "$top/packaging/man/$page" |
			grep -q "^\.Xr ${other%.*} ${other##*.}" ||
			fail "$page does not see $other"
	done
done

for path in /usr/local/share/resview/hooks.d/*.json; do
	[ -x "$(jq -r .hook.path "$path")" ] ||
		fail "$path: its hook is not installed"
done

program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' \
	/usr/local/lib/systemd/system/resviewd.service)
[ -x "$program" ] || fail "resviewd.service: $program is not installed"

step "resviewd --foreground"
setpriv --pdeathsig TERM resviewd --foreground >"$work/resviewd.log" 2>&1 &
pids+=("$!")
run=/run/resview
wait_for 10 serves "$run/fs" || fail "resviewd does not serve $run/fs"
grep -q resview_requests_total $run/fs/metrics || fail "no metrics"

# lines REGEX: of what is to be typed, as one line each, those that begin so.
lines() {
	sed ':a; /\\$/ { N; s/\\\n *//; ba }' "$top/README.md" |
		sed -n 's/^    \([^ ]\)/\1/p' | grep -E "^($1)"
}

step "what README.md says to type for each engine"
make_bundle box '.linux.resources.memory.limit = 67108864 | del(.hooks)'
mkdir -p /etc/docker /etc/pouch /etc/containerd \
	/usr/share/lxc/config/common.conf.d
eval "$(lines 'hook=/usr/local')"
[ -x "$hook" ] || fail "$hook does not exist"
cd "$work/box"
while read -r line; do
	echo "   $line"
	eval "$line" >"$work/typed" || fail "exit $?: $line"
done < <(lines 'mkdir -p |[$]hook ')
[ -x "$(jq -r .hook.path /usr/share/containers/oci/hooks.d/50-resview.json)" ] ||
	fail "no hook in hooks.d"
[ -x "${hook%hook}runtime" ] || fail "ctr has no runtime"

step "every engine that is known is there"
for engine in $("$hook" --help | tr -d ',\n' |
	sed 's/.*to install for\(.*\) or \([a-z]*\).*/\1 \2/'); do
	lines "[$]hook" | grep -qE -- "--print-config $engine( |\$)" ||
		[ "$engine" = runc ] || fail "$engine is not"
done

step "the hooks of runc and crun by hand"
assert_equal "hooks" createRuntime,poststop \
	"$(jq -r '.hooks | keys | join(",")' config.json)"
start_container runc box
assert_equal free 67108864 \
	"$(in_container box free -b | awk '/^Mem:/ { print $2 }')"
[ -e "$run/containers/box.json" ] || fail "no record of the container"

step "resview-remount: the list, and every option that is named"
resview-remount --list | grep -q '^box ' || fail "it is not listed"
for word in MISSING FOREIGN; do
	resview-remount --list | grep -q "$word" || fail "no column $word"
done
resview-remount --help >"$work/help"
cat "${pages[@]}" | grep -oE 'resview-remount --[a-z-]+' | sort -u |
	while read -r _ option; do
		grep -q -- "^  $option" "$work/help" || fail "no $option"
	done
resview-remount --detach >/dev/null
assert_match "free, left to itself" "^$(awk '/^MemTotal/ { print $2 }' \
	/proc/meminfo)$" "$(in_container box free -k | awk '/^Mem:/ { print $2 }')"
stop_container box
wait_for 2 test ! -e "$run/containers/box.json" || fail "the record stays"

step "what the pages name exists"
cat "${pages[@]}" | grep -oE \
	'\b(daemon|hook|remount|tests|packaging|include)/[a-zA-Z_./-]*[a-z]' |
	sort -u | while read -r path; do
	[ -e "$top/$path" ] || fail "$path does not exist"
done
cat "${pages[@]}" | grep -oE '\btest_[a-z_]+\.sh' | sort -u |
	while read -r name; do
		[ -e "$here/$name" ] || fail "$name does not exist"
	done
for name in "$here"/test_attack_*.sh; do
	grep -q "$(basename "$name")" "$top/packaging/doc/security.md" ||
		fail "security.md does not name $name"
done
engines=$(sed -n 's/^# Runtimes: //p' "$here/test_engine.sh")
for engine in $engines; do
	grep -qE "\b${engine%_runtime}\b" "$top/README.md" ||
		fail "README.md does not name $engine"
done
for page in "${pages[@]}"; do
	{ grep -oE '\]\([^)#]*\)' "$page" || true; } | tr -d ']()' |
		while read -r link; do
			[ -e "$(dirname "$page")/$link" ] ||
				fail "$page: no $link"
		done
done
grep -oE 'cmake --preset [a-z]+' "$top/README.md" | sort -u |
	while read -r _ _ preset; do
		grep -q "\"name\": \"$preset\"" "$top/CMakePresets.json" ||
			fail "no preset $preset"
	done

step "what the log says is what the table looks for"
for words in 'has ended three' 'upgrade refused' 'does not start'; do
	grep -q "$words" "$top/README.md" || fail "not in it: $words"
	grep -qrF "$words" "$top"/{daemon,hook} || fail "nobody says $words"
done
for name in resview_share_refusals_total duration_seconds; do
	grep -q "$name" $run/fs/metrics || fail "no $name in metrics"
done
