#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many CPUs programs find, and which, is what the container has.

usage: count.py CPUS, in the container; CPUS like 0,1
"""

import json
import os
import re
import sys

import htop
import memory_readers
import report
from report import run

NGINX = """
daemon off;
user root root;
pid /tmp/nginx.pid;
error_log stderr;
worker_processes auto;
events {}
"""


def expand(text):
    """The ids of a CPU list like "0-1,3"."""
    ids = []
    for part in filter(None, text.strip().split(",")):
        low, _, high = part.partition("-")
        ids += range(int(low), int(high or low) + 1)
    return ids


def getconf():
    return int(run("getconf", "_NPROCESSORS_ONLN"))


def lscpu():
    return expand(re.search(r"^On-line CPU\(s\) list: +(\S+)$", run("lscpu"),
                            re.M)[1])


def mpstat():
    return [int(line.split()[-11]) for line in
            run("mpstat", "-P", "ALL", "1", "1").splitlines()
            if re.match(r"Average: +\d", line)]


def psutil():
    import psutil as module
    return module.cpu_count()


def node():
    return int(run("node", "-e", "console.log(require('os').cpus().length)"))


def stress_ng():
    return int(hogs(run("stress-ng", "--dry-run", "--cpu", "-1", both=True)))


def hogs(text):
    return re.search(r"dispatching hogs: (\d+) cpu", text)[1]


def nginx():
    """Its workers, counted by their parent."""
    directory = "/tmp/nginx"
    os.makedirs(directory, exist_ok=True)
    with open(f"{directory}/conf", "w", encoding="ascii") as file:
        file.write(NGINX)
    master = report.start("nginx", "-e", "stderr", "-p", directory, "-c",
                          f"{directory}/conf")
    count = report.until(lambda: len(children(master.pid)), steady=True)
    master.terminate()
    master.wait()
    return count


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


def java():
    """Without its own look at cgroups there is sched_getaffinity(2) alone."""
    text = run("java", "-XshowSettings:system", "-version", both=True)
    return int(re.search(r"Effective CPU Count: (\d+)", text)[1])


def exporter_cpus():
    """Some versions fill the ids below the first one with zeros."""
    port = 9103
    server = report.start("prometheus-node-exporter",
                          f"--web.listen-address=127.0.0.1:{port}")
    text = memory_readers.scrape(port)
    server.kill()
    server.wait()
    return sorted({int(cpu) for cpu, value in re.findall(
        r'^node_cpu_seconds_total{cpu="(\d+)",mode="\w+"} (\S+)$', text, re.M)
        if float(value)})


def htop_meters():
    return sum(bool(re.match(r" *(CPU|\d+) *: *[\d.]+%", line))
               for line in htop.look(0.3, 2))


def numactl():
    """Of all nodes; a node may be left without any."""
    nodes = re.findall(r"^node \d+ cpus:(.*)$", run("numactl", "-H"), re.M)
    return sorted(int(cpu) for cpus in nodes for cpu in cpus.split())


def hwloc():
    return [int(cpu) for cpu in re.findall(
        r"PU .*P#(\d+)", run("lstopo-no-graphics", "--only", "pu"))]


# Each tells how many there are, or the list of them.
READERS = (
    ("getconf", getconf),
    ("lscpu", lscpu),
    ("mpstat", mpstat),
    ("htop", htop_meters),
    ("numactl", numactl),
    ("lstopo-no-graphics", hwloc),
    ("psutil", psutil),
    ("node", node),
    ("stress-ng", stress_ng),
    ("nginx", nginx),
    ("java", java),
    ("prometheus-node-exporter", exporter_cpus),
)


def beyond(cpus):
    """What these say is not in a file that could be made to say otherwise."""
    said = {
        "sched_getaffinity(2): nproc, Python's": len(os.sched_getaffinity(0)),
        "sysconf(_SC_NPROCESSORS_CONF)": os.sysconf("SC_NPROCESSORS_CONF")}
    if report.have("node"):
        said["node's os.availableParallelism"] = json.loads(
            run("node", "-e", "console.log(os.availableParallelism())"))
    if report.module("psutil"):
        import psutil as module
        said["psutil.cpu_count(logical=False)"] = module.cpu_count(False)
    if report.have("stress-ng"):
        text = run("stress-ng", "--dry-run", "--cpu", "0", both=True)
        said["stress-ng --cpu 0"] = int(hogs(text))
    for what, count in said.items():
        report.note(f"{what}: {count}, of {len(cpus)} that are shown")


def main():
    cpus = expand(sys.argv[1])
    for name, reader in READERS:
        if not (report.module(name) if name == "psutil"
                else report.have(name)):
            continue
        got = reader()
        report.equal(f"{name}: CPUs",
                     len(cpus) if isinstance(got, int) else cpus, got)
    beyond(cpus)
    report.finish()


main()
