#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What programs say about memory is what the limit and the use of it are.

usage: memory.py LIMIT, in the container; LIMIT in bytes
"""

import mmap
import os
import re
import signal
import sys
import time

import cgroup
import memory_readers as read
import report
from report import MIB

PORT = 9101
# What a figure may be beside the truth: the kernel adds up what CPUs have used
# now and then only, and the discount of what can be reclaimed.
SLACK = 8 * MIB
TRIES = 4

READERS = (
    ("free", read.free),
    ("top", read.top),
    ("vmstat", read.vmstat),
    ("htop", read.htop_meter),
    ("atop", read.atop),
    ("sar", read.sar),
    ("psutil", read.psutil),
    ("prometheus-node-exporter", lambda: read.node_exporter(PORT)),
    ("busybox", read.busybox),
    ("tsar", read.tsar_mem),
    ("node", read.node),
)


def available_readers():
    for name, reader in READERS:
        if name == "psutil":
            if not report.module(name):
                continue
        elif name != "tsar" and not report.have(name):
            continue
        yield name, reader


class Memory:
    def __init__(self, limit):
        self.limit = limit
        self.readers = list(available_readers())

    def compare(self, name, figures, truth):
        """FIGURES of a program, with the cgroup's meanwhile."""
        for key, got in figures.items():
            what = f"{name}: {key}"
            if key == "total":
                report.equal(f"{what} in bytes", self.limit, int(got))
            elif key == "swap":
                report.near(what, swap_total(), MIB // 2, got, "bytes",
                            "/proc/meminfo")
            else:
                report.between(what, *allowed(key, truth), got, "bytes")

    def look(self, phase, but=()):
        """All programs, but for those that would disturb; their figures."""
        report.note(phase)
        seen = {}
        for name, reader in self.readers:
            if name in but:
                continue
            for _ in range(TRIES):
                figures, truth = cgroup.memory_while(reader)
                if agree(figures, truth):
                    break
            self.compare(name, figures, truth)
            seen[name] = figures
        return seen

    def share(self, seen, key, low, high):
        """A figure of all that have it, in per cent of the limit."""
        for name, figures in seen.items():
            if key in figures:
                report.between(f"{name}: {key} of the limit", low, high,
                               100 * figures[key] / self.limit, "%")


def allowed(key, truth):
    """The least and the most that a figure may be."""
    low, high = truth[key]
    if key == "cached":  # some count what of slab is a cache
        high += truth["slab"][1]
    if key == "occupied":  # or all of it is not
        low -= truth["all_slab"][1]
    return max(0, low - SLACK), high + SLACK


def agree(figures, truth):
    """Is each as allowed? Who looks at the cgroup meanwhile may have to wait for
    a CPU, just when the program has most."""
    return all(low <= figures[key] <= high for key, (low, high) in
               ((key, allowed(key, truth)) for key in figures if key in truth
                and key != "total"))


def swap_total():
    with open("/proc/meminfo", encoding="ascii") as file:
        text = file.read()
    return int(re.search(r"^SwapTotal: *(\d+)", text, re.M)[1]) * 1024


def on_tmpfs(directory):
    with open("/proc/mounts", encoding="ascii") as file:
        return any(words[1] == directory and words[2] == "tmpfs"
                   for words in map(str.split, file))


class Hog:
    """A process that has written to so many bytes."""

    def __init__(self, size):
        ready, told = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            memory = mmap.mmap(
                -1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            for at in range(0, size, mmap.PAGESIZE):
                memory[at] = 1
            os.write(told, b"!")
            signal.pause()
        os.read(ready, 1)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def write_file(path, size):
    block = bytes(MIB)
    with open(path, "wb") as file:
        for _ in range(size // MIB):
            file.write(block)
        file.flush()
        if not path.startswith("/dev/shm"):
            os.fsync(file.fileno())


def numactl(limit):
    """No node has more than the limit, or more free than it has."""
    if not report.have("numactl"):
        return
    text = report.run("numactl", "-H")
    for node, size in re.findall(r"^node (\d+) size: (\d+) MB$", text, re.M):
        report.between(f"numactl -H: size of node {node}", 1, limit // MIB,
                       int(size), "MB")
        free = re.search(rf"^node {node} free: (\d+) MB$", text, re.M)
        report.between(f"numactl -H: free of node {node}", 0, int(size),
                       int(free[1]), "MB")


def java(limit):
    """Its own look at cgroups, and at our files without that."""
    if not report.have("java"):
        return
    text = report.run("java", "-XshowSettings:system", "-version", both=True)
    found = re.search(r"Memory Limit: ([\d.]+)M", text)
    report.equal("java -XshowSettings:system: Memory Limit in MiB",
                 limit / MIB, found and float(found[1]))
    if not report.have("javac"):
        return
    for option in ("-XX:+UseContainerSupport", "-XX:-UseContainerSupport"):
        words = report.run("java", option, "-Xmx64m",
                           f"{os.path.dirname(__file__)}/Figures.java").split()
        figures = dict(word.split("=") for word in words)
        total = int(figures["totalMemory"])
        if option.endswith("+UseContainerSupport"):
            report.equal("java, MXBean: TotalMemorySize", limit, total)
        else:
            report.note(f"java {option}: TotalMemorySize {total / MIB:.0f} MiB,"
                        f" FreeMemorySize {int(figures['freeMemory']) // MIB}"
                        " MiB: sysinfo(2)")


def beyond():
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    report.note(f"sysconf(_SC_PHYS_PAGES): {pages / MIB:.0f} MiB: sysinfo(2)")
    if report.have("busybox"):
        total = int(read.words_after("Mem:", report.run("busybox", "free"))[0])
        report.note(f"busybox free: total {total / 1024:.0f} MiB: sysinfo(2)")


def main():
    limit = int(sys.argv[1])
    memory = Memory(limit)
    exporter = None
    if report.have("prometheus-node-exporter"):
        exporter = report.start("prometheus-node-exporter",
                                f"--web.listen-address=127.0.0.1:{PORT}")
        read.scrape(PORT)
    heavy = ("node",)

    memory.look("nothing but the programs")
    numactl(limit)
    java(limit)
    beyond()

    hog = Hog(limit * 6 // 10)
    seen = memory.look("a process has written to 60 %", heavy)
    memory.share(seen, "available", 10, 40)
    memory.share(seen, "used", 60, 90)
    memory.share(seen, "occupied", 60, 90)

    before = seen
    write_file("/dev/shm/file", limit * 2 // 10)
    seen = memory.look("and there are 20 % in a tmpfs", heavy)
    for name, figures in seen.items():
        if "available" in figures:
            report.between(
                f"{name}: available, less by", 16, 24, 100 * (
                    before[name]["available"] - figures["available"]) / limit,
                "%")
    memory.share(seen, "shared", 19, 22)
    os.unlink("/dev/shm/file")
    hog.end()

    if on_tmpfs("/disk"):
        report.note("no page cache: there is no disk here")
    else:
        write_file("/disk/file", limit * 4 // 10)
        time.sleep(0.2)
        seen = memory.look("without both, 40 % in the page cache", heavy)
        memory.share(seen, "available", 75, 100)
        memory.share(seen, "cached", 35, 60)
        memory.share(seen, "free", 20, 60)
        os.unlink("/disk/file")
    if exporter:
        exporter.terminate()
        exporter.wait()
    report.finish()


main()
