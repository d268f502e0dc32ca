#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Others can read what is counted: the parser of Prometheus's own client, and
# node_exporter, whose textfile collector finds it by a link.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"
# shellcheck source=tests/integration/metrics.sh
. "$here/metrics.sh"

need python3 curl
export PYTHONPATH=$programs/usr/lib/python3/dist-packages
python3 -c 'import prometheus_client' 2>/dev/null ||
	fetch python3-prometheus-client >"$work/said" ||
	skip "python3-prometheus-client is missing: $(cat "$work/said")"
need_unpacked prometheus-node-exporter prometheus-node-exporter

# shellcheck disable=SC2119
start_resviewd
for name in cpuinfo meminfo stat loadavg pressure/cpu; do
	[ ! -e "$fs/proc/$name" ] || cat "$fs/proc/$name" >"$work/out"
done

step "a parser"
metrics >"$work/first"
python3 "$here/metrics_format.py" "$work/first" || fail "it is no such text"

step "in parts, while others count"
for size in 1 7 4096; do
	(while [ ! -e "$work/done" ]; do cat "$fs/proc/stat"; done) \
		>/dev/null &
	reader=$!
	dd if="$fs/metrics" bs=$size of="$work/parts" 2>/dev/null
	touch "$work/done"
	wait "$reader"
	rm "$work/done"
	python3 "$here/metrics_format.py" "$work/parts" ||
		fail "a text that is read by $size bytes is torn"
done

step "no counter goes back"
for i in $(seq 20); do
	metrics | grep '_total' | grep -v '^#' >"$work/new"
	[ "$i" = 1 ] || paste -d ' ' "$work/old" "$work/new" |
		awk '$1 != $3 || $4 < $2 { print; bad = 1 } END { exit bad }' ||
		fail "a counter went back"
	mv "$work/new" "$work/old"
	[ "$i" != 10 ] || kill -KILL "$(worker_of "$run")"
done

step "node_exporter"
mkdir "$work/textfile"
ln -s "$fs/metrics" "$work/textfile/resview.prom"
port=$((20000 + $$ % 10000))
chmod 755 "$work" "$run"
setpriv --pdeathsig TERM --reuid nobody --regid nogroup --clear-groups \
	prometheus-node-exporter \
	--collector.disable-defaults --collector.textfile \
	--collector.textfile.directory="$work/textfile" \
	--web.listen-address="127.0.0.1:$port" >"$work/exporter.log" 2>&1 &
pids+=("$!")
disown
scrape() {
	curl --silent --fail "http://127.0.0.1:$port/metrics" >"$work/scraped"
}
wait_for 10 scrape || fail "node_exporter does not answer"
assert_equal "errors of its collector" 0 \
	"$(awk '$1 == "node_textfile_scrape_error" { print $2 }' \
		"$work/scraped")"
assert_equal "build" 1 \
	"$(awk '/^resview_build_info/ { print $2 }' "$work/scraped")"
grep '^resview_' "$work/scraped" >"$work/ours"
assert_between "reads of stat" 1 1000000 "$(awk \
	'/^resview_requests_total.*proc\/stat/ && /ok/ { print $2 }' \
	"$work/ours")"
